import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test, type Page } from '@playwright/test'
import { openProject } from '../open-project.ts'
import { startServer, thaw, type Served } from '../served.ts'

const pictures = fileURLToPath(new URL('../../../../shared/data/hymenoptera', import.meta.url))

test.describe('sorting, grouping and filtering of hymenoptera', () => {
  test.setTimeout(300_000)
  let served: Served
  let project: string

  test.beforeAll(async () => {
    test.setTimeout(300_000)
    served = await startServer()
    project = join(served.folder, 'hymenoptera.thaw')
    await thaw(served.folder, 'init', project)
    await thaw(served.folder, 'import', project, pictures)
  })
  test.afterAll(() => served.stop())

  const grid = (page: Page) => page.getByRole('grid', { name: 'Images' })
  const cells = (page: Page) => grid(page).getByRole('gridcell')
  const headers = (page: Page) => grid(page).getByRole('rowheader')
  async function choose(page: Page, control: 'group-by' | 'sort-by', name: string): Promise<void> {
    await page.getByTestId(control).click()
    await page.getByRole('option', { name, exact: true }).click()
  }

  test('groups collapse, are selected whole, and are passed by keys; a view keeps all of it', async ({
    page,
  }) => {
    await openProject(page, served, project)
    await choose(page, 'group-by', 'By folder')
    await expect(headers(page).first()).toContainText('train/ants')
    await expect(headers(page).first()).toContainText('123')

    await headers(page).first().getByTestId('select-group').click()
    await expect(page.getByTestId('selected')).toHaveText('123 selected')
    await expect(
      page.getByRole('button', { name: 'Select group: all 123 images of train/ants' }).first(),
    ).toBeVisible()

    const toggle = headers(page).first().getByTestId('toggle-group')
    await toggle.click()
    await expect(toggle).toHaveAttribute('aria-expanded', 'false')
    await expect(headers(page).nth(1)).toContainText('train/bees')
    // By key: the group that the keyboard is in opens again, and the next one is gone to.
    await grid(page).focus()
    await page.keyboard.press('Shift+E')
    await expect(toggle).toHaveAttribute('aria-expanded', 'true')
    await page.keyboard.press('Shift+J')
    await expect(grid(page).locator('.focused')).toHaveAttribute('title', /^train\/bees\//)
    await page.keyboard.press('ArrowLeft')
    await expect(grid(page).locator('.focused')).toHaveAttribute('title', /^train\/ants\//)

    // Every group by its header, from the first to the last.
    await page.keyboard.press('Control+k')
    await page.getByRole('dialog').getByRole('combobox').fill('Collapse all groups')
    await page.keyboard.press('Enter')
    await expect(headers(page)).toHaveText([/train\/ants/, /train\/bees/, /val\/ants/, /val\/bees/])
    await expect(cells(page)).toHaveCount(0)

    await choose(page, 'group-by', 'By class')
    await choose(page, 'sort-by', 'Size in pixels')
    await page.getByTestId('filter-Split').click()
    await page.getByRole('checkbox', { name: 'Validation 153' }).check()
    await page.keyboard.press('Escape')
    await expect(page.getByTestId('count')).toHaveText('153 of 397')
    await expect(headers(page).first()).toContainText('ants')
    await expect(headers(page).first()).toContainText('70')
    await page.getByTestId('views').click()
    await page.getByRole('textbox', { name: 'Name of what is shown' }).fill('Large validation')
    await page.getByTestId('save-view').click()
    await expect(
      page.getByRole('dialog').getByRole('button', { name: 'Large validation', exact: true }),
    ).toBeVisible()
    await page.keyboard.press('Escape')

    await choose(page, 'group-by', 'No groups')
    await choose(page, 'sort-by', 'Path')
    await page.getByTestId('clear-filter').click()
    await expect(page.getByTestId('count')).toHaveText('397 images')
    await expect(headers(page)).toHaveCount(0)
    await page.getByTestId('views').click()
    await page.getByRole('dialog').getByRole('button', { name: 'Large validation', exact: true }).click()
    await expect(page.getByTestId('count')).toHaveText('153 of 397')
    await expect(headers(page).first()).toContainText('ants')
    await expect(page.getByTestId('sort-by')).toHaveText('Size in pixels')
  })

  test('each value is counted under the other parts of the filter, and all that pass are selected', async ({
    page,
  }) => {
    await openProject(page, served, project)
    await page.getByTestId('filter-Class').click()
    await page.getByRole('checkbox', { name: 'bees 204' }).check()
    await page.keyboard.press('Escape')
    await page.getByTestId('filter-Split').click()
    await expect(page.getByRole('checkbox', { name: 'Train 121' })).toBeVisible()
    await expect(page.getByRole('checkbox', { name: 'Validation 83' })).toBeVisible()
    await page.keyboard.press('Escape')

    await page.getByTestId('add-filter').click()
    await page.getByRole('menuitem', { name: 'Source' }).click()
    await expect(page.getByRole('checkbox', { name: /^hymenoptera, .* 204$/ })).toBeVisible()
    await page.keyboard.press('Escape')
    await page.getByTestId('add-filter').click()
    await page.getByRole('menuitem', { name: 'Image size' }).click()
    const sizes = page.getByRole('list', { name: 'Image size' }).getByRole('listitem')
    const counts = await sizes.evaluateAll((items) =>
      items.map((item) => Number(item.querySelector('span:last-of-type')?.textContent ?? 0)),
    )
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(204)
    const [most] = [...counts].sort((a, b) => b - a)
    await sizes
      .nth(counts.indexOf(most ?? 0))
      .getByRole('checkbox')
      .check()
    await page.keyboard.press('Escape')
    await expect(page.getByTestId('count')).toHaveText(`${most} of 397`)
    await grid(page).focus()
    await page.keyboard.press('Control+a')
    await expect(page.getByTestId('selected')).toHaveText(`${most} selected`)
  })
})
