import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { openProject } from '../open-project.ts'
import { drawPictures } from '../pictures.ts'
import { startServer, thaw, type Served } from '../served.ts'

test.describe('the map, in a browser against thaw serve', () => {
  let served: Served
  let className: string

  test.beforeAll(async () => {
    served = await startServer()
    const drawn = await drawPictures(served.folder, { images: 24, classes: 2, size: 96 })
    ;({ className } = drawn)
    const project = join(served.folder, 'map.thaw')
    await thaw(served.folder, 'init', project)
    await thaw(served.folder, 'import', project, drawn.pictures)
  })
  test.afterAll(() => served.stop())

  test('is computed once, and what a lasso or a class selects is labelled at once', async ({ page }) => {
    await openProject(page, served, join(served.folder, 'map.thaw'))
    await page.getByRole('link', { name: 'Map' }).click()
    await page.getByTestId('compute-map').click()
    await expect(page.getByTestId('map-count')).toHaveText(/24 images/)

    const canvas = page.getByRole('img', { name: /Map of 24 images/ })
    const box = (await canvas.boundingBox())!
    const corners = [
      [4, 4],
      [box.width - 4, 4],
      [box.width - 4, box.height - 4],
      [4, box.height - 4],
    ] as const
    const [first] = corners
    await page.mouse.move(box.x + first[0], box.y + first[1])
    await page.mouse.down()
    for (const [x, y] of corners) await page.mouse.move(box.x + x, box.y + y, { steps: 4 })
    await page.mouse.up()
    await expect(page.getByTestId('map-selected')).toHaveText('24 images selected')

    const legend = page.getByTestId('legend').getByRole('button')
    await legend.filter({ hasText: 'Unlabelled' }).click()
    await expect(page.getByTestId('map-selected')).toHaveText('3 images selected')
    await expect(page.getByRole('list', { name: 'Selected images' }).getByRole('img')).toHaveCount(3)
    await page
      .getByRole('list', { name: 'Label the selection as' })
      .getByRole('button', { name: className })
      .click()
    await expect(legend.filter({ hasText: 'Unlabelled' })).toHaveCount(0)
    await expect(legend.filter({ hasText: className })).toContainText('12')

    // Colours of another kind select as well.
    await page.getByRole('combobox', { name: 'Colour by' }).click()
    await page.getByRole('option', { name: 'By split' }).click()
    await expect(legend).toHaveText([/Without a split.*24/])
    await legend.first().click()
    await expect(page.getByTestId('map-selected')).toHaveText('24 images selected')
    await page.getByRole('combobox', { name: 'Colour by' }).click()
    await page.getByRole('option', { name: 'By confidence' }).click()
    // The map was laid out by features of a head, which predicts too.
    await expect(legend.filter({ hasText: 'Not predicted' })).toHaveCount(0)
    await expect(legend.first()).toContainText('%')
    await page.getByRole('combobox', { name: 'Colour by' }).click()
    await page.getByRole('option', { name: 'By class' }).click()

    // A point that the pointer is on shows its picture; where points are is found by going over the canvas.
    const hover = page.getByTestId('map-hover')
    search: for (let y = 8; y < box.height; y += 9) {
      for (let x = 8; x < box.width; x += 9) {
        await page.mouse.move(box.x + x, box.y + y)
        if (await hover.isVisible()) break search
      }
    }
    await expect(hover.locator('img')).toBeVisible()

    // It is kept.
    await page.reload()
    await expect(page.getByTestId('map-count')).toHaveText(/24 images/)
  })
})
