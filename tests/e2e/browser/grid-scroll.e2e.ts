import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import { jpeg } from '../../fixtures/bad-files.ts'
import { framesOf, longestMs, mainThread, ownWorkMs, quantile, traced, type Frame } from '../frames.ts'
import { makeManyImages } from '../many-images.ts'
import { startServer, type Served } from '../served.ts'
import { speedSlack } from '../speed-slack.ts'

/** Images in the grid; fewer for a quick look while working on the grid. */
const images = Number(process.env.THAW_GRID_IMAGES ?? 100_000)

const mostMemoryMiB = 400
/** Files that are read while the grid scrolls: some seconds of work. */
const imported = 1500
const longestOpeningMs = 1500

test.describe(`the grid of ${images.toLocaleString('en')} images`, () => {
  test.setTimeout(600_000)
  let served: Served
  let project: string

  test.beforeAll(async () => {
    test.setTimeout(600_000)
    const kept = process.env.THAW_GRID_PROJECT
    served = await startServer()
    project = kept ?? join(served.folder, 'many.thaw')
    await makeManyImages(served.folder, project, images)
  })
  test.afterAll(() => served.stop())

  test('opens in under 1.5 s and scrolls without a frame over 50 ms', async ({ page }) => {
    await page.goto(served.url)
    await page.getByTestId('open-project').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox', { name: 'Path' }).fill(project)
    await expect(dialog.getByRole('button', { name: 'Open this project' })).toBeEnabled()
    await dialog.getByRole('button', { name: 'Open this project' }).click()
    await expect(page.getByTestId('count')).toHaveText(`${images.toLocaleString('en')} images`, {
      timeout: 60_000,
    })

    // Opening: from the request of the page to thumbnails that are drawn, the project being open already; of three times the shortest, as
    // machines that run tests are shared.
    const thumbnails = page.getByRole('gridcell').locator('img[data-loaded]')
    let opening = Infinity
    for (let attempt = 1; attempt <= 3 && opening > longestOpeningMs; attempt++) {
      const started = performance.now()
      await page.reload()
      await thumbnails.nth(8).waitFor({ timeout: 60_000 })
      opening = Math.min(opening, performance.now() - started)
    }

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
    /** Machines that run tests are shared: a frame that is late in each of three tries, by its own work, is the grid's. */
    async function lateFrames(name: string, scroll: () => Promise<unknown>): Promise<string[]> {
      let late: Frame[] | undefined
      let most = Infinity
      for (let attempt = 1; attempt <= 3 && (late?.length !== 0 || most > longestMs); attempt++) {
        const events = await traced(session, scroll)
        const frames = framesOf(events, mainThread(events).pid)
        const times = frames.map(({ ms }) => ms)
        const longest = frames.reduce((one, other) => (other.ms > one.ms ? other : one))
        late = frames.filter(({ ms, workMs }) => ms > longestMs && workMs > ownWorkMs)
        most = Math.min(most, quantile(times, 0.95))
        console.log(
          `${name}: ${frames.length} frames, median ${quantile(times, 0.5).toFixed(1)} ms, ` +
            `95% ${quantile(times, 0.95).toFixed(1)} ms, longest ${longest.ms.toFixed(1)} ms` +
            (longest.ms > longestMs ? `, of which ${longest.workMs.toFixed(1)} ms work` : ''),
        )
        expect(frames.length).toBeGreaterThan(60)
      }
      // By own work or not: the page moves, but for a moment.
      expect(most).toBeLessThan(longestMs * speedSlack)
      return (late ?? []).map(
        ({ ms, workMs }) => `${name}: ${ms.toFixed(1)} ms, ${workMs.toFixed(1)} ms work`,
      )
    }
    const slow: string[] = []
    for (const [name, scroll] of Object.entries(ways)) slow.push(...(await lateFrames(name, scroll)))

    // While files are read behind it on every processor: told, and bounded by the page's own work only.
    const source = join(served.folder, 'more')
    await mkdir(source)
    for (let index = 0; index < imported; index++)
      await writeFile(join(source, `${index}.jpg`), await jpeg(index, 640, 480))
    await page.getByTestId('import-more').click()
    const chooser = page.getByRole('dialog')
    await chooser.getByRole('textbox', { name: 'Path' }).fill(source)
    await chooser.locator('footer button').last().click()
    const preview = page.getByRole('dialog')
    await preview.getByRole('button', { name: `Import ${imported.toLocaleString('en')} images` }).click()
    await expect(page.getByTestId('count')).toHaveText(`${(images + imported).toLocaleString('en')} images`)
    slow.push(...(await lateFrames('while files are read', () => wheel(-20_000, 5_000))))
    const memory = await rendererMemory(page)
    console.log(
      `the renderer's memory after scrolling: ${memory.privateMiB.toFixed(0)} MiB of its own, its heap ${memory.heapMiB.toFixed(0)} MiB`,
    )
    console.log(`opened in ${(opening / 1000).toFixed(2)} s`)
    expect(slow).toEqual([])
    expect(opening).toBeLessThan(longestOpeningMs * speedSlack)
    expect(memory.privateMiB).toBeLessThan(mostMemoryMiB)
    await expect(page.getByRole('gridcell').last()).toBeVisible()
  })
})

/**
 * What the page's renderer holds: memory that it shares with no other process, of several renderers the largest, and its JavaScript heap.
 */
async function rendererMemory(page: Page): Promise<{ privateMiB: number; heapMiB: number }> {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable')
  const { metrics } = await session.send('Performance.getMetrics')
  const heap = metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? 0
  const browser = page.context().browser()
  if (!browser) throw new Error('the page is in no browser that was launched')
  const system = await browser.newBrowserCDPSession()
  const { processInfo } = await system.send('SystemInfo.getProcessInfo')
  const kilobytes = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(({ id }) => {
      const rollup = readFileSync(`/proc/${id}/smaps_rollup`, 'utf8')
      const of = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1] ?? NaN)
      return of('Private_Clean') + of('Private_Dirty')
    })
  return { privateMiB: Math.max(...kilobytes) / 1024, heapMiB: heap / 2 ** 20 }
}
