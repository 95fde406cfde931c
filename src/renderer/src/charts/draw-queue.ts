/** Of one frame: what is left waits for the next one, so that a page of charts never holds one up. */
const budgetMs = 5

const waiting = new Set<() => void>()
let isScheduled = false

/** Draws in one of the next frames, once however often it was asked for; charts take turns in the order in which they asked. */
export function drawSoon(draw: () => void): void {
  waiting.add(draw)
  schedule()
}

/** What has gone need not be drawn. */
export function forgetDrawing(draw: () => void): void {
  waiting.delete(draw)
}

function schedule(): void {
  if (isScheduled) return
  isScheduled = true
  requestAnimationFrame(drawWaiting)
}

function drawWaiting(): void {
  isScheduled = false
  const start = performance.now()
  for (const draw of waiting) {
    waiting.delete(draw)
    draw()
    if (performance.now() - start > budgetMs) break
  }
  if (waiting.size > 0) schedule()
}
