import { expect, type Page } from '@playwright/test'
import type { Served } from './served.ts'

/** Opens a project of a served core from the start page, and waits for its images. */
export async function openProject(page: Page, served: Served, project: string): Promise<void> {
  await page.goto(served.url)
  await page.getByRole('button', { name: /Open a project/ }).click()
  await page.getByRole('dialog').getByRole('textbox', { name: 'Path' }).fill(project)
  await page.getByRole('dialog').getByRole('button', { name: 'Open this project' }).click()
  await expect(page.getByRole('grid', { name: 'Images' })).toBeVisible()
}

/** The same in any language, by what is not a word. */
export async function openByTestIds(page: Page, served: Served, project: string): Promise<void> {
  await page.goto(served.url)
  await page.getByTestId('open-project').click()
  await page.getByRole('dialog').getByRole('textbox').first().fill(project)
  await page.getByRole('dialog').locator('footer button').last().click()
  await expect(page.getByRole('gridcell').first()).toBeVisible()
}
