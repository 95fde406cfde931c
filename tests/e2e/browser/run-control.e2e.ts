import { join } from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import { openProject } from '../open-project.ts'
import { drawPictures } from '../pictures.ts'
import { startServer, thaw, type Served } from '../served.ts'

const status = (page: Page, name: string) => page.locator(`header [data-status="${name}"]`)
const epochs = (page: Page) => page.getByRole('region', { name: 'Epochs' }).locator('tbody tr')

async function startRecipe(page: Page, name: string): Promise<void> {
  await page.getByRole('link', { name: 'Train', exact: true }).click()
  await page.getByRole('button', { name: `Start the recipe ${name}` }).click()
  await expect(page).toHaveURL(/\/runs\/r\d+$/)
}

test.describe('a run that is told what to do', () => {
  let served: Served
  let project: string

  test.beforeAll(async () => {
    served = await startServer()
    const drawn = await drawPictures(served.folder, { images: 36, classes: 3, size: 96 })
    project = join(served.folder, 'control.thaw')
    await thaw(served.folder, 'init', project)
    await thaw(served.folder, 'import', project, drawn.pictures)
  })
  test.afterAll(() => served.stop())

  test('starts from a recipe, pauses, continues, trains longer, waits in a queue in another order, and is cancelled', async ({
    page,
  }) => {
    const problems: string[] = []
    page.on('pageerror', (error) => problems.push(error.message))
    await openProject(page, served, project)

    await page.getByRole('link', { name: 'Train', exact: true }).click()
    await page.getByRole('button', { name: 'Customise the recipe Fine-tune the last block' }).click()
    await expect(
      page.getByText('These are the settings of the recipe Fine-tune the last block.'),
    ).toBeVisible()
    await expect(page.getByRole('spinbutton', { name: 'Epochs' })).toHaveValue('15')
    await page.getByRole('spinbutton', { name: 'Epochs' }).fill('3')
    await page.getByRole('spinbutton', { name: 'Epochs' }).press('Tab')
    await page.getByTestId('train').click()
    await page.getByTestId('pause').click()
    await expect(status(page, 'paused')).toBeVisible()
    await expect(page.getByText('It keeps its turn and its memory')).toBeVisible()
    await expect(page.getByTestId('pause')).toHaveCount(0)
    await page.getByTestId('unpause').click()
    await expect(status(page, 'running')).toBeVisible()
    await expect(status(page, 'completed')).toBeVisible({ timeout: 120_000 })
    await expect(epochs(page)).toHaveCount(3)

    await page.getByTestId('extend').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('spinbutton', { name: 'More epochs' }).fill('1')
    await dialog.getByRole('spinbutton', { name: 'More epochs' }).press('Tab')
    await dialog.getByRole('button', { name: 'Train 1 more epoch' }).click()
    await expect(page.getByTestId('resumed')).toHaveText('Resumed from epoch 3', { timeout: 60_000 })
    await expect(status(page, 'completed')).toBeVisible({ timeout: 60_000 })
    await expect(epochs(page)).toHaveCount(4)

    // Two runs wait in a queue that is paused; the second is moved before the first, which is taken out.
    await page.getByRole('link', { name: 'Runs', exact: true }).click()
    await page.getByRole('button', { name: 'Pause the queue' }).click()
    await startRecipe(page, 'Fine-tune everything')
    await expect(page.getByText('The queue is paused, so this run does not begin.')).toBeVisible()
    await startRecipe(page, 'From scratch')
    const last = page.url().split('/').at(-1) ?? ''
    await page.getByRole('link', { name: 'Runs', exact: true }).click()
    const waiting = page.getByTestId('queue').getByRole('listitem')
    await expect(waiting).toHaveCount(2)
    await expect(waiting.nth(1)).toHaveAttribute('data-run', last)
    await waiting.nth(1).focus()
    await page.keyboard.press('Alt+ArrowUp')
    await expect(waiting.nth(0)).toHaveAttribute('data-run', last)
    await expect(waiting.nth(0)).toBeFocused()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Delete')
    await expect(waiting).toHaveCount(1)

    await page.getByTestId('pause-queue').click()
    await expect(waiting).toHaveCount(0)
    await page.getByTestId('queue').getByRole('link').first().click()
    await expect(page).toHaveURL(new RegExp(`/runs/${last}$`))
    await page.getByTestId('cancel').click()
    await expect(status(page, 'stopped')).toBeVisible({ timeout: 60_000 })
    await expect(page.getByTestId('run-ending')).toContainText('without a model')
    await expect(page.getByTestId('resume')).toBeEnabled()
    expect(problems).toEqual([])
  })
})
