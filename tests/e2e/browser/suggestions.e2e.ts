import { join } from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import { openProject } from '../open-project.ts'
import { drawPictures } from '../pictures.ts'
import { startServer, thaw, type Served } from '../served.ts'

test.describe('suggestions, in a browser against thaw serve', () => {
  let served: Served
  let className: string

  test.beforeAll(async () => {
    served = await startServer()
    const drawn = await drawPictures(served.folder, { images: 30, classes: 2, size: 96 })
    ;({ className } = drawn)
    const project = join(served.folder, 'suggested.thaw')
    await thaw(served.folder, 'init', project)
    await thaw(served.folder, 'import', project, drawn.pictures)
  })
  test.afterAll(() => served.stop())

  const cells = (page: Page) => page.getByRole('grid', { name: 'Images' }).getByRole('gridcell')
  const ghosts = (page: Page) => page.getByTestId('proposal')
  const ghostCells = (page: Page) => cells(page).filter({ has: ghosts(page) })

  test('are proposed in the grid once they are turned on, accepted by Enter, and undone', async ({
    page,
  }) => {
    await openProject(page, served, join(served.folder, 'suggested.thaw'))
    await expect(cells(page)).toHaveCount(30)
    await expect(ghosts(page)).toHaveCount(0)
    await page.getByTestId('suggest').click()
    // Of the 30 pictures three have no label.
    await expect(ghosts(page)).toHaveCount(3)
    await expect(ghosts(page).first()).toContainText(className)
    await expect(ghosts(page).first()).toContainText('%')
    await expect(page.getByTestId('suggestion-status')).toContainText(/Learned from 27 labels, .*%/)

    await ghostCells(page).first().click()
    await page.getByRole('grid', { name: 'Images' }).focus()
    await page.keyboard.press('Enter')
    await expect(ghosts(page)).toHaveCount(2)
    // On to the next one that is proposed a class.
    await expect(ghostCells(page).first()).toHaveAttribute('aria-selected', 'true')
    await expect(page.getByTestId('saved')).toHaveText(/Saved/)
    await page.keyboard.press('Control+z')
    await expect(ghosts(page)).toHaveCount(3)

    // Where nothing is proposed Enter opens the large view, as ever.
    await cells(page)
      .filter({ hasNot: ghosts(page) })
      .first()
      .click()
    await page.keyboard.press('Enter')
    await expect(page.getByText('1 of 30')).toBeVisible()
    await page.keyboard.press('Escape')
  })

  test('list what to label next, many at once by one command', async ({ page }) => {
    await openProject(page, served, join(served.folder, 'suggested.thaw'))
    // It is kept with the project.
    await expect(page.getByTestId('suggest')).toHaveAttribute('aria-pressed', 'true')
    await expect(ghosts(page)).toHaveCount(3)
    await page.getByRole('combobox', { name: 'Which images to label next' }).click()
    await page.getByRole('option', { name: /Most uncertain/ }).click()
    await page.getByTestId('show-next').click()
    await expect(cells(page)).toHaveCount(3)
    await expect(page.getByTestId('count')).toHaveText('3 of 30')
    await page.getByRole('grid', { name: 'Images' }).focus()
    await page.keyboard.press('Control+a')
    await page.getByTestId('accept').click()
    await expect(ghosts(page)).toHaveCount(0)
    // They stay where they are, to be looked over.
    await expect(cells(page)).toHaveCount(3)
    await page.getByRole('grid', { name: 'Images' }).focus()
    await page.keyboard.press('Control+z')
    await expect(ghosts(page)).toHaveCount(3)
    await page.getByRole('button', { name: 'Show all images' }).click()
    await expect(cells(page)).toHaveCount(30)

    await page.getByTestId('suggest').click()
    await expect(ghosts(page)).toHaveCount(0)
  })
})
