import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { openProject } from '../open-project.ts'
import { startServer, thaw, type Served } from '../served.ts'

test.describe('before a training', () => {
  let served: Served
  let project: string

  test.beforeAll(async () => {
    served = await startServer()
    project = join(served.folder, 'tried.thaw')
    await thaw(
      ...[served.folder, 'sample', project, '--images', '24', '--classes', '2'],
      ...['--size', '64', '--seed', '7'],
    )
  })
  test.afterAll(() => served.stop())

  test('its time and memory are estimated, and a learning rate is found and used', async ({ page }) => {
    await openProject(page, served, project)
    await page.getByRole('link', { name: 'Train', exact: true }).click()

    await page.getByRole('button', { name: 'Estimate', exact: true }).click()
    await expect(page.getByRole('button', { name: 'Cancel the estimate' })).toBeFocused()
    const estimate = page.getByRole('button', { name: /^About .+ of memory/ })
    await expect(estimate).toBeVisible({ timeout: 60_000 })
    await expect(page.getByRole('button', { name: 'Estimate again' })).toBeFocused()
    await estimate.click()
    const parts = page.getByTestId('estimate-parts')
    await expect(parts).toContainText(/Features to compute.*24 images/)
    await expect(parts).toContainText(/In all\s*[\d.]/)
    await page.keyboard.press('Escape')

    const rate = page.getByRole('textbox', { name: 'Learning rate', exact: true })
    await page.getByTestId('find-rate').click()
    const dialog = page.getByRole('dialog', { name: 'Find a learning rate' })
    await expect(dialog.getByRole('progressbar')).toBeVisible()
    const use = dialog.getByRole('button', { name: /^Use \d\.\de[+-]\d$/ })
    await expect(use).toBeVisible({ timeout: 60_000 })
    const label = await use.textContent()
    await dialog.getByRole('img', { name: /Loss over learning rate/ }).focus()
    await page.keyboard.press('ArrowRight')
    await expect(dialog.getByText(/^Learning rate \d\.\de[+-]\d$/)).toBeVisible()
    await use.click()
    await expect(dialog).toBeHidden()
    expect(Number(await rate.inputValue())).toBe(Number(label?.trim().split(' ')[1]))

    await expect(page.getByTestId('estimate')).toContainText('Out of date')
    await expect(page.getByTestId('train')).toBeEnabled()
  })
})
