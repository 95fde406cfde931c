import type { CDPSession, Page } from '@playwright/test'

/** That a frame may take. */
export const longestMs = 50
/** A late frame with less work than this in it waited for a processor that others had, or the whole machine stood still. */
export const ownWorkMs = 30

export interface TraceEvent {
  name: string
  cat: string
  ph: string
  ts: number
  dur?: number
  /** Of processor time. */
  tdur?: number
  pid: number
  tid: number
  args?: { frameSeqId?: number; name?: string }
}

/** Runs `work` while the browser traces itself. */
export async function traced(session: CDPSession, work: () => Promise<unknown>): Promise<TraceEvent[]> {
  const events: TraceEvent[] = []
  session.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])))
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve))
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: {
      includedCategories: [
        'devtools.timeline',
        'disabled-by-default-devtools.timeline',
        'disabled-by-default-devtools.timeline.frame',
        'toplevel',
        '__metadata',
      ],
    },
  })
  await work()
  await session.send('Tracing.end')
  await complete
  return events
}

/**
 * Has the page's main thread draw at each refresh of the screen during `work`: otherwise a page that has nothing to draw for a while looks as if its
 * next frame were late.
 */
export async function keptDrawing(page: Page, work: () => Promise<unknown>): Promise<void> {
  const dot = await page.evaluateHandle(() => {
    const element = document.createElement('div')
    element.style.cssText = 'position: fixed; z-index: 1000; left: 0; top: 0; width: 2px; height: 2px'
    document.body.append(element)
    let isDark = false
    const tick = (): void => {
      isDark = !isDark
      element.style.backgroundColor = isDark ? 'black' : 'white'
      if (element.isConnected) requestAnimationFrame(tick)
    }
    requestAnimationFrame(tick)
    return element
  })
  await work()
  await dot.evaluate((element) => element.remove())
}

/** From a drawn frame to the next. */
export interface Frame {
  ms: number
  /** Of processor time that the busiest thread of the renderer had in it. */
  workMs: number
}

/** @param renderer the process whose frames they are */
export function framesOf(events: TraceEvent[], renderer: number): Frame[] {
  const drawn = events
    .filter((event) => event.name === 'DrawFrame' && event.pid === renderer)
    .map((event) => event.ts)
    .sort((a, b) => a - b)
  const tasks = events.filter((event) => event.name === 'RunTask' && event.pid === renderer)
  return drawn.slice(1).map((end, index) => {
    const start = drawn[index] ?? end
    const ms = (end - start) / 1000
    if (ms <= longestMs) return { ms, workMs: 0 }
    const work = new Map<number, number>()
    for (const { tid, ts, dur = 0, tdur = 0 } of tasks) {
      const within = Math.min(end, ts + dur) - Math.max(start, ts)
      if (within > 0) work.set(tid, (work.get(tid) ?? 0) + (tdur * within) / dur / 1000)
    }
    return { ms, workMs: Math.max(0, ...work.values()) }
  })
}

export function quantile(values: number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0
}

/** The renderer's main thread: the one that ran the most tasks called so by the browser. */
export function mainThread(events: TraceEvent[]): { pid: number; tid: number } {
  const named = events.filter(
    (event) => event.name === 'thread_name' && event.args?.name === 'CrRendererMain',
  )
  const counted = named.map((thread) => ({
    pid: thread.pid,
    tid: thread.tid,
    tasks: events.filter((event) => event.pid === thread.pid && event.tid === thread.tid).length,
  }))
  const [busiest] = counted.sort((a, b) => b.tasks - a.tasks)
  if (!busiest) throw new Error('the trace names no main thread of a renderer')
  return busiest
}
