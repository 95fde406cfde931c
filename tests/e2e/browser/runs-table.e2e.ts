import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import { createManyRuns } from '../../fixtures/many-runs.ts'
import { startServer, type Served } from '../served.ts'
import { speedSlack } from '../speed-slack.ts'

/** Runs in the table; fewer for a quick look. */
const runs = Number(process.env.THAW_RUNS ?? 1000)
const points = 1000
/** Machines that run tests are shared: the fastest of so many tries counts. */
const tries = 3

/** Milliseconds in the page from a click until so many curves are drawn in each chart, and the frame after it. */
function msUntilDrawn(page: Page, selector: string, curves: number, charts: number): Promise<number> {
  return page.evaluate(
    async ([target, wanted, wantedCharts]) => {
      const start = performance.now()
      document.querySelector<HTMLElement>(target)?.click()
      for (;;) {
        await new Promise(requestAnimationFrame)
        const drawn = [...document.querySelectorAll<HTMLElement>('[data-testid=curves]')]
        const isDone =
          drawn.length === wantedCharts && drawn.every(({ dataset }) => dataset.curves === String(wanted))
        if (isDone) break
        if (performance.now() - start > 60_000) throw new Error('the curves were not drawn in a minute')
      }
      await new Promise(requestAnimationFrame)
      return performance.now() - start
    },
    [selector, curves, charts] as const,
  )
}

test.describe(`the table of ${runs.toLocaleString('en')} runs, ${points} points of 4 curves each`, () => {
  test.setTimeout(900_000)
  let served: Served
  let project: string

  test.beforeAll(async () => {
    test.setTimeout(900_000)
    served = await startServer()
    project = process.env.THAW_RUNS_PROJECT ?? join(served.folder, 'runs.thaw')
    if (existsSync(project)) return
    await createManyRuns(project, {
      runs,
      points,
      sweeps: [
        { name: 'twenty', runs: 20, packed: true },
        { name: 'hundred', runs: 100, packed: true },
        { name: 'older', runs: 100, packed: false },
      ],
    })
  })
  test.afterAll(() => served.stop())

  test('opens in 1 s, and lays 20 and 100 runs over each other in less', async ({ page }) => {
    await page.goto(served.url)
    await page.getByTestId('open-project').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox', { name: 'Path' }).fill(project)
    await dialog.getByRole('button', { name: 'Open this project' }).click()
    await page.waitForURL(/#\/p\//)
    await page.getByRole('link', { name: 'Runs', exact: true }).click()
    const rows = page.locator('tr[data-line]')
    await expect(rows.nth(10)).toBeVisible({ timeout: 60_000 })

    const opening: number[] = []
    for (let attempt = 0; attempt < tries; attempt += 1) {
      const start = performance.now()
      await page.reload()
      await rows.nth(10).waitFor()
      opening.push(performance.now() - start)
    }

    const box = (group: string) => `[data-group=${group}] input[type=checkbox]`
    const twenty: number[] = []
    const hundred: number[] = []
    const scroll = (group: string) => page.locator(`[data-group=${group}]`).scrollIntoViewIfNeeded()
    for (let attempt = 0; attempt < tries; attempt += 1) {
      await page.reload()
      await scroll('g1')
      twenty.push(await msUntilDrawn(page, box('g1'), 20, 1))
      await page.getByRole('button', { name: 'Validation loss', exact: true }).click()
      await expect(page.getByTestId('curves')).toHaveCount(2)
      await page.locator(box('g1')).click()
      await expect(page.getByTestId('curves')).toHaveCount(0)
      hundred.push(await msUntilDrawn(page, box('g2'), 100, 2))
    }
    await page.locator(box('g2')).click()
    const older = await msUntilDrawn(page, box('g3'), 100, 2)

    const list = (times: number[]) => times.map((ms) => (ms / 1000).toFixed(2)).join(', ')
    console.log(`the page with its ${runs} runs opens in ${list(opening)} s`)
    console.log(`20 runs, 1 curve each: ${list(twenty)} s from the click to the drawn frame`)
    console.log(`100 runs, 2 curves each: ${list(hundred)} s`)
    console.log(`the same of runs whose curves were never packed: ${list([older])} s`)
    expect(Math.min(...opening)).toBeLessThan(1000 * speedSlack)
    expect(Math.min(...twenty)).toBeLessThan(1000 * speedSlack)
    expect(Math.min(...hundred)).toBeLessThan(900 * speedSlack)
    // A row of a thousand is found by its name, and the arrow keys go on from it.
    await page.getByRole('searchbox').fill(`run ${runs}`)
    await expect(page.getByRole('row').filter({ hasText: `run ${runs}` })).toBeVisible()

    // Columns that were chosen are there again.
    const trainable = page.getByRole('columnheader', { name: 'Trainable' })
    await expect(trainable).toHaveCount(0)
    await page.getByRole('button', { name: 'Columns' }).click()
    await page.getByRole('checkbox', { name: 'Trainable' }).click()
    await page.keyboard.press('Escape')
    await expect(trainable).toBeVisible()
    await page.reload()
    await expect(trainable).toBeVisible()
  })
})
