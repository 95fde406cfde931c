import { execFileSync } from 'node:child_process'
import { expect, test } from '@playwright/test'
import { drawPictures } from '../pictures.ts'
import { startServer, thaw, type Served } from '../served.ts'
import { join } from 'node:path'

/** Descendants of a process whose command line names the trainer. */
function trainersBelow(pid: number): number[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).trim().split('\n')
  const rows = lines.map((line) => {
    const [, child, parent, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []
    return { pid: Number(child), parent: Number(parent), command: command ?? '' }
  })
  const below = new Set([pid])
  for (let grown = true; grown;) {
    grown = false
    for (const row of rows) {
      if (below.has(row.parent) && !below.has(row.pid)) {
        below.add(row.pid)
        grown = true
      }
    }
  }
  return rows
    .filter((row) => below.has(row.pid) && /trainer[\\/]main/.test(row.command))
    .map((row) => row.pid)
}

test.describe('kill -9 of the trainer in mid-run', () => {
  let served: Served
  let project: string

  test.beforeAll(async () => {
    served = await startServer()
    const drawn = await drawPictures(served.folder, { images: 80, classes: 2, size: 96 })
    project = join(served.folder, 'killed.thaw')
    await thaw(served.folder, 'init', project)
    await thaw(served.folder, 'import', project, drawn.pictures)
  })
  test.afterAll(() => served.stop())

  test('leaves a failed run with signal 9, and the app alive', async ({ page }) => {
    await page.goto(served.url)
    await page.getByRole('button', { name: /Open a project/ }).click()
    await page.getByRole('dialog').getByRole('textbox', { name: 'Path' }).fill(project)
    await page.getByRole('dialog').getByRole('button', { name: 'Open this project' }).click()
    await expect(page.getByRole('grid', { name: 'Images' })).toBeVisible()

    await page.getByRole('link', { name: 'Train', exact: true }).click()
    await page.getByRole('spinbutton', { name: 'Epochs' }).fill('5000')
    await page.getByRole('spinbutton', { name: 'Epochs' }).press('Tab')
    await page.getByTestId('train').click()
    await expect(page.getByRole('region', { name: 'Epochs' }).locator('tbody tr').nth(5)).toBeVisible({
      timeout: 120_000,
    })

    const trainers = trainersBelow(served.process.pid ?? 0)
    expect(trainers).not.toEqual([])
    for (const pid of trainers) process.kill(pid, 'SIGKILL')

    const ending = page.getByTestId('run-ending')
    await expect(ending).toBeVisible()
    await ending.locator('summary').click()
    await expect(ending).toContainText('SIGKILL')
    await expect(page.getByRole('region', { name: 'Epochs' }).locator('tbody tr').nth(5)).toBeVisible()
    // The app lives: the images are there, and the next run completes.
    await page.getByRole('link', { name: 'Images', exact: true }).click()
    await expect(page.getByRole('gridcell').first()).toBeVisible()
    await page.getByRole('link', { name: 'Train', exact: true }).click()
    await page.getByRole('spinbutton', { name: 'Epochs' }).fill('3')
    await page.getByRole('spinbutton', { name: 'Epochs' }).press('Tab')
    await page.getByTestId('train').click()
    await expect(page.getByRole('region', { name: 'Epochs' }).locator('tbody tr')).toHaveCount(3, {
      timeout: 120_000,
    })
    await expect(page.getByTestId('test-accuracy')).toBeVisible({ timeout: 60_000 })
  })
})
