import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import Database from 'better-sqlite3'
import { openProject } from '../open-project.ts'
import { drawPictures } from '../pictures.ts'
import { startServer, thaw, type Served } from '../served.ts'
import { shoot } from '../shoot.ts'

interface Compared {
  settings: { key: string }[]
  flips: { image: string; truth: string; a: string; b: string }[]
  labelChanges: unknown[]
  mcnemar: { b: number; c: number; p: number }
}

/** Gives one training image the class after its own. */
function relabelOne(file: string): void {
  const database = new Database(file)
  database.exec(
    `UPDATE annotations SET class_id = class_id % 3 + 1
     WHERE image_id = (SELECT min(id) FROM images WHERE split = 'train')`,
  )
  database.close()
}

test.describe('runs side by side', () => {
  test.setTimeout(300_000)
  let served: Served
  let project: string
  let compared: Compared

  test.beforeAll(async () => {
    test.setTimeout(300_000)
    served = await startServer()
    const drawn = await drawPictures(served.folder, { images: 60, classes: 3, size: 64 })
    project = join(served.folder, 'compare.thaw')
    const run = (...args: string[]) => thaw<{ run: string }>(served.folder, ...args)
    await thaw(served.folder, 'init', project)
    await thaw(served.folder, 'import', project, drawn.pictures)
    await run('train', project, '--epochs', '1', '--lr', '1e-6', '--input-size', '64', '--name', 'timid')
    relabelOne(join(project, 'project.sqlite'))
    await run('train', project, '--epochs', '4', '--input-size', '64', '--name', 'bold')
    compared = await thaw<Compared>(served.folder, 'compare', project, 'r1', 'r2')
  })
  test.afterAll(() => served.stop())

  test('differ in settings, labels and answers, as the command line says', async ({ page }) => {
    const problems: string[] = []
    page.on('pageerror', (error) => problems.push(error.message))
    await openProject(page, served, project)
    await page.getByRole('link', { name: 'Runs', exact: true }).click()
    await page.getByRole('checkbox', { name: 'Compare timid' }).check()
    await expect(page.getByTestId('compare')).toBeDisabled()
    await page.getByRole('checkbox', { name: 'Compare bold' }).check()
    await page.getByTestId('compare').click()
    await expect(page).toHaveURL(/compare\?runs=r1,r2/)

    const { b, c } = compared.mcnemar
    const verdict = page.locator('[data-verdict=r2]')
    await expect(verdict).toContainText(
      compared.mcnemar.p < 0.05 ? 'bold is better than timid' : 'beyond noise',
    )
    await expect(verdict.getByRole('cell').nth(2)).toHaveText(String(c))
    await expect(verdict.getByRole('cell').nth(3)).toHaveText(String(b))

    const settings = page.getByTestId('settings')
    await expect(settings.getByRole('row')).toHaveCount(1 + compared.settings.length + 2)
    await page.getByRole('checkbox', { name: 'Show all settings' }).check()
    await expect(settings.getByRole('row', { name: /Batch size/ })).toBeVisible()

    const flips = page.getByRole('region', { name: 'Predicted differently by bold' })
    await expect(flips.getByTestId('compared-image')).toHaveCount(compared.flips.length)
    const fixed = compared.flips.filter((flip) => flip.b === flip.truth)
    expect(fixed.length).toBe(c)
    await flips.getByRole('button', { name: /Put right/ }).click()
    await expect(flips.getByTestId('compared-image')).toHaveCount(fixed.length)
    await expect(flips.getByTestId('compared-image').first().locator('img')).toHaveJSProperty(
      'complete',
      true,
    )

    expect(compared.labelChanges).toHaveLength(1)
    const data = page.getByRole('region', { name: 'What changed in the data for bold' })
    await expect(data.getByTestId('compared-image')).toHaveCount(1)

    await expect(page.getByTestId('curves').first()).toHaveAttribute('data-curves', '2')
    await shoot(page, 'compare')

    // The missing baseline is one click away.
    const baselines = page.getByTestId('baselines')
    await expect(baselines.locator('[data-baseline=frozenHead]')).toContainText('linear head')
    await baselines.getByRole('button', { name: 'Train from scratch' }).click()
    await expect(page).toHaveURL(/\/runs\/r3$/)
    await expect(page.getByRole('heading', { name: 'bold: from scratch' })).toBeVisible()
    expect(problems).toEqual([])
  })

  test('are tagged, pinned, filtered, moved through with keys, deleted and brought back', async ({
    page,
  }) => {
    await openProject(page, served, project)
    await page.getByRole('link', { name: 'Runs', exact: true }).click()
    const line = (id: string) => page.locator(`tr[data-line=${id}]`)
    await line('r1').getByRole('button', { name: 'Pin timid to the top' }).click()
    await expect(page.locator('tr[data-line]').first()).toHaveAttribute('data-line', 'r1')

    await line('r1').focus()
    await page.keyboard.press('End')
    await expect(line('r2')).toBeFocused()
    await page.keyboard.press('t')
    await page.getByRole('textbox', { name: 'Add tags' }).fill('paper, good')
    await page.getByRole('textbox', { name: 'Note' }).fill('the one to keep')
    await page.getByRole('button', { name: 'Save' }).click()
    await expect(line('r2')).toContainText('paper')
    await page.getByRole('searchbox').fill('keep')
    await expect(line('r2')).toBeVisible()
    await expect(line('r1')).toHaveCount(0)
    await page.getByRole('button', { name: 'Clear the filter' }).click()

    await line('r1').focus()
    await page.keyboard.press('Delete')
    await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click()
    await expect(line('r1')).toHaveCount(0)
    await page.getByTestId('deleted-runs').click()
    await page.getByRole('button', { name: 'Bring back' }).click()
    await page.keyboard.press('Escape')
    await expect(line('r1')).toBeVisible()
    await line('r1').focus()
    await page.keyboard.press('Delete')
    await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click()
    await expect(line('r1')).toHaveCount(0)
    await page.keyboard.press('Control+z')
    await expect(line('r1')).toBeVisible()

    // The columns that were chosen are there the next time.
    const trainable = page.getByRole('columnheader', { name: 'Trainable' })
    await expect(trainable).toHaveCount(0)
    await page.getByTestId('columns').click()
    await page.getByRole('checkbox', { name: 'Trainable' }).check()
    await page.reload()
    await expect(trainable).toBeVisible()
    await line('r1').getByRole('button', { name: 'Archive timid' }).click()
    await expect(line('r1')).toHaveCount(0)
    await page.getByRole('checkbox', { name: 'Archived (1)' }).check()
    await expect(line('r1')).toBeVisible()
  })
})
