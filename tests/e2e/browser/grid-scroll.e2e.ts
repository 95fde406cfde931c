import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, type CDPSession } from '@playwright/test'
import { startServer, thaw, type Served } from '../served.ts'

/** Images in the grid; fewer for a quick look while working on the grid. */
const images = Number(process.env.THAW_GRID_IMAGES ?? 100_000)

interface TraceEvent {
  name: string
  cat: string
  ph: string
  ts: number
  dur?: number
  pid: number
  tid: number
  args?: { frameSeqId?: number; name?: string }
}

/** Runs `work` while the browser traces itself. */
async function traced(session: CDPSession, work: () => Promise<unknown>): Promise<TraceEvent[]> {
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

/** Milliseconds from each drawn frame to the next. */
function frameIntervals(events: TraceEvent[], renderer: number): number[] {
  const drawn = events
    .filter((event) => event.name === 'DrawFrame' && event.pid === renderer)
    .map((event) => event.ts / 1000)
    .sort((a, b) => a - b)
  return drawn.slice(1).map((time, index) => time - (drawn[index] ?? time))
}

function quantile(values: number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0
}

test.describe(`the grid of ${images.toLocaleString('en')} images`, () => {
  test.setTimeout(1_200_000)
  let served: Served
  let project: string

  test.beforeAll(async () => {
    test.setTimeout(1_200_000)
    const kept = process.env.THAW_GRID_PROJECT
    served = await startServer()
    project = kept ?? join(served.folder, 'many.thaw')
    if (!existsSync(project)) {
      await mkdir(served.folder, { recursive: true })
      await thaw(
        ...[served.folder, 'sample', project, '--images', String(images), '--size', '64'],
        ...['--classes', '20', '--seed', '1'],
      )
    }
  })
  test.afterAll(() => served.stop())

  test('opens in under 2 s and scrolls without a frame over 50 ms', async ({ page }) => {
    await page.goto(served.url)
    await page.getByTestId('open-project').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox', { name: 'Path' }).fill(project)
    await expect(dialog.getByRole('button', { name: 'Open this project' })).toBeEnabled()
    await dialog.getByRole('button', { name: 'Open this project' }).click()
    await expect(page.getByTestId('count')).toHaveText(`${images.toLocaleString('en')} images`, {
      timeout: 60_000,
    })

    // Opening: from the request of the page to thumbnails that are drawn, the project being open already.
    const started = performance.now()
    await page.reload()
    const thumbnails = page.getByRole('gridcell').locator('img[data-loaded]')
    await thumbnails.nth(8).waitFor({ timeout: 60_000 })
    const opening = performance.now() - started

    // A person looks before scrolling.
    await page.waitForLoadState('networkidle')
    const grid = page.getByRole('grid', { name: 'Images' })
    const box = await grid.boundingBox()
    if (!box) throw new Error('the grid has no box')
    const session = await page.context().newCDPSession(page)
    // The browser itself turns the wheel, a notch at each refresh of the screen: nothing outside it holds a frame up.
    const wheel = (yDistance: number, speed: number) =>
      session.send('Input.synthesizeScrollGesture', {
        x: box.x + box.width / 2,
        y: box.y + box.height / 2,
        yDistance,
        speed,
        gestureSourceType: 'mouse',
        preventFling: true,
      })
    const ways: Record<string, () => Promise<unknown>> = {
      'a slow wheel': () => wheel(-6_000, 1_500),
      'a fast wheel': () => wheel(-60_000, 20_000),
      'back up': () => wheel(20_000, 8_000),
      // Not quite to the end: a wheel turned there moves nothing, and what then follows is no late frame.
      'from end to end': async () => {
        const { height, isBelow } = await grid.evaluate((element) => ({
          height: element.scrollHeight,
          isBelow: element.scrollTop > element.scrollHeight / 2,
        }))
        await wheel((isBelow ? 0.9 : -0.9) * height, Math.round(height / 4))
      },
    }
    const slow: string[] = []
    for (const [name, scroll] of Object.entries(ways)) {
      // Machines that run tests are shared: a frame that is late in each of three tries is the grid's.
      let longest = Infinity
      for (let attempt = 1; attempt <= 3 && longest > 50; attempt++) {
        const events = await traced(session, scroll)
        const renderer = mainThread(events)
        const intervals = frameIntervals(events, renderer.pid)
        const tasks = events
          .filter(
            (event) => event.name === 'RunTask' && event.pid === renderer.pid && event.tid === renderer.tid,
          )
          .map((event) => (event.dur ?? 0) / 1000)
        longest = Math.max(...intervals)
        console.log(
          `${name}: ${intervals.length} frames, median ${quantile(intervals, 0.5).toFixed(1)} ms, ` +
            `95% ${quantile(intervals, 0.95).toFixed(1)} ms, longest ${longest.toFixed(1)} ms; ` +
            `longest task ${Math.max(...tasks).toFixed(1)} ms`,
        )
        expect(intervals.length).toBeGreaterThan(60)
      }
      if (longest > 50) slow.push(`${name}: ${longest.toFixed(1)} ms`)
    }
    console.log(`opened in ${(opening / 1000).toFixed(2)} s`)
    expect(slow).toEqual([])
    expect(opening).toBeLessThan(2_000)
    await expect(page.getByRole('gridcell').last()).toBeVisible()
  })
})

/** The renderer's main thread: the one that ran the most tasks called so by the browser. */
function mainThread(events: TraceEvent[]): { pid: number; tid: number } {
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
