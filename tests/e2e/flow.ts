import { expect, type Page } from '@playwright/test'

export interface MainFlowInput {
  /** Class folders, and three pictures beside them without a label. */
  folder: string
  images: number
  /** The class of the three. */
  className: string
  /** The system's own dialog answers with the folder, as a test of Electron arranges it; else the page's is used. */
  systemDialog?: boolean
}

/**
 * The main job as a person does it, from the start page to the accuracy on the test set. The same in a browser and in
 * Electron: it begins where the start page is shown.
 */
export async function runMainFlow(page: Page, input: MainFlowInput): Promise<void> {
  const { folder, images, className } = input
  await page.getByRole('button', { name: /Open a folder of pictures/ }).click()
  if (!input.systemDialog) {
    const chooser = page.getByRole('dialog')
    await chooser.getByRole('textbox', { name: 'Path' }).fill(folder)
    await chooser.getByRole('button', { name: 'Go', exact: true }).click()
    await chooser.getByRole('button', { name: 'Choose this folder' }).click()
  }
  await page.getByRole('button', { name: `Import ${images} images` }).click()

  const grid = page.getByRole('grid', { name: 'Images' })
  await expect(grid).toBeVisible()
  await expect(page.getByTestId('count')).toHaveText(`${images} images`)

  // Label three: the pictures without a class, one by mouse and two by a range, each with the class's key.
  const key = await page
    .getByTestId('class')
    .filter({ has: page.getByText(className, { exact: true }) })
    .locator('kbd')
    .innerText()
  await page.getByRole('button', { name: 'Show only Unlabelled' }).click()
  await expect(page.getByTestId('count')).toHaveText(`3 of ${images}`)
  const unlabelled = grid.getByRole('gridcell').filter({ hasText: 'Unlabelled' })
  await expect(unlabelled).toHaveCount(3)
  await unlabelled.first().click()
  await page.keyboard.press(key)
  await expect(page.getByTestId('saved')).toHaveText(/Saved/)
  await expect(unlabelled).toHaveCount(2)
  await unlabelled.first().click()
  await unlabelled.last().click({ modifiers: ['Shift'] })
  await page.keyboard.press(key)
  await expect(unlabelled).toHaveCount(0)

  // Undo brings the last two back, redo labels them again.
  await page.keyboard.press('Control+z')
  await expect(unlabelled).toHaveCount(2)
  await page.keyboard.press('Control+Shift+z')
  await expect(unlabelled).toHaveCount(0)

  await page.getByRole('link', { name: 'Train', exact: true }).click()
  await expect(page.getByTestId('train')).toBeEnabled()
  await page.getByTestId('train').click()
  await expect(page).toHaveURL(/\/runs\/[^/]+$/)

  // The curve moves: epochs arrive one by one while it trains.
  const epochs = page.getByRole('region', { name: 'Epochs' }).locator('tbody tr')
  await expect(epochs.first()).toBeVisible({ timeout: 120_000 })
  await expect(epochs).toHaveCount(10, { timeout: 60_000 })

  const accuracy = page.getByTestId('test-accuracy')
  await expect(accuracy).toHaveText(/^\d+(\.\d+)?%$/, { timeout: 60_000 })
  const percent = Number((await accuracy.innerText()).replace('%', ''))
  // Better than guessing by far: a frozen pretrained backbone tells drawn textures apart.
  expect(percent).toBeGreaterThan(60)
  await expect(page.getByRole('grid', { name: /confusion matrix/i }).first()).toBeVisible()
}
