import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import { testEveryAppearance, violations } from '../appearances.ts'
import { openByTestIds } from '../open-project.ts'
import { drawPictures } from '../pictures.ts'
import { shoot } from '../shoot.ts'
import { startServer, thaw, type Served } from '../served.ts'

/** The colours of the map that is shown: how many different ones, so that an empty canvas is noticed. */
const colors = (page: Page) =>
  page.getByTestId('heat-map').evaluate((canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
    return new Set(new Uint32Array(data.buffer)).size
  })

/** From the run's page to the first image of a cell of the diagonal. */
async function openImage(page: Page, run: string): Promise<void> {
  await page.goto(page.url().replace(/\/(images|runs).*$/, `/runs/${run}`))
  await page.locator('[data-truth="0"][data-predicted="0"]').click()
  await page.getByRole('dialog').locator('li button').first().click()
  await expect(page.getByTestId('image-explanation')).toBeVisible()
}

test.describe('why an image was predicted as it was', () => {
  let served: Served
  let project: string
  let run: string
  let pictures: string

  test.beforeAll(async () => {
    served = await startServer()
    ;({ pictures } = await drawPictures(served.folder, { images: 60, classes: 3, size: 160 }))
    project = join(served.folder, 'why.thaw')
    await thaw(served.folder, 'init', project)
    await thaw(served.folder, 'import', project, pictures)
    ;({ run } = await thaw<{ run: string }>(served.folder, 'train', project, '--epochs', '4'))
  })
  test.afterAll(() => served.stop())

  test('shows the map, the probabilities and the nearest training images, by pointer and by key', async ({
    page,
  }) => {
    await openByTestIds(page, served, project)
    await openImage(page, run)
    const dialog = page.getByRole('dialog')
    await expect(dialog.getByRole('status')).toContainText('(7 × 7)')
    await expect.poll(() => colors(page)).toBeGreaterThan(20)
    await expect(page.getByTestId('probability')).toHaveCount(3)
    const shares = await page.getByTestId('probability').allTextContents()
    const sum = shares.reduce((total, text) => total + Number(/([\d.]+)%/.exec(text)?.[1]), 0)
    expect(sum).toBeCloseTo(100, 0)
    await expect(page.getByTestId('neighbour')).toHaveCount(8)

    await page.keyboard.press('h')
    await expect(page.getByTestId('heat-map')).toHaveCSS('opacity', '0')
    await page.keyboard.press('h')
    await page.getByTestId('probability').nth(1).click()
    await expect(page.getByTestId('probability').nth(1)).toHaveAttribute('aria-pressed', 'true')
    await expect(page.getByTestId('probability').first()).toHaveAttribute('aria-pressed', 'false')

    await page.keyboard.press('m')
    await expect(dialog.locator('[data-state=on]', { hasText: 'Grad-CAM++' })).toBeVisible()
    await page.keyboard.press('h')
    await expect(page.getByTestId('heat-map')).toHaveCSS('opacity', '0')
    await page.keyboard.press('h')
    await expect(page.getByTestId('heat-map')).toHaveCSS('opacity', '0.6')
    await page.getByTestId('opacity').fill('100')
    await expect(page.getByTestId('heat-map')).toHaveCSS('opacity', '1')

    await dialog.getByRole('combobox', { name: 'Layer' }).click()
    await page.getByRole('option', { name: '_blocks.10._add' }).click()
    await expect(dialog.getByRole('status')).toContainText('at _blocks.10._add (14 × 14)')

    await page.getByTestId('back-to-images').focus()
    await page.keyboard.press('m')
    await expect(dialog.getByRole('status')).toContainText('place by place', { timeout: 30_000 })
    await expect(dialog.getByRole('combobox', { name: 'Layer' })).toBeDisabled()

    const first = await dialog.locator('figure img').getAttribute('src')
    await page.keyboard.press('ArrowRight')
    await expect(dialog.locator('figure img')).not.toHaveAttribute('src', first!)
    await page.keyboard.press('ArrowLeft')
    await expect(dialog.locator('figure img')).toHaveAttribute('src', first!)
    await page.keyboard.press('Backspace')
    await expect(page.getByTestId('image-explanation')).toHaveCount(0)
    await expect(dialog.locator('li button').first()).toBeFocused()
  })

  test('shows the layers and filters of the network, and the mean map of a cell', async ({ page }) => {
    await openByTestIds(page, served, project)
    await openImage(page, run)
    await page.getByTestId('explain-tabs').getByText('Layers').click()
    await expect(page.getByTestId('channel-map')).toHaveCount(64)
    await expect(page.getByTestId('filter-tile')).toHaveCount(32)
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('combobox', { name: 'Layer' }).click()
    await page
      .getByRole('option', { name: '_blocks.0.0._bn1_relu6' })
      .or(page.getByRole('option').nth(1))
      .first()
      .click()
    await expect(dialog.getByRole('status')).toContainText('(112 × 112)')
    await page.getByTestId('back-to-images').click()
    await page.getByTestId('mean-map').click()
    await expect.poll(() => colors(page)).toBeGreaterThan(20)
    await expect(page.getByTestId('mean-map-view').getByRole('status')).toContainText(/Mean of \d+ images/)
    expect(await violations(page)).toEqual([])
  })

  test('explains any image from its large view', async ({ page }) => {
    await openByTestIds(page, served, project)
    await page.getByRole('gridcell').first().dblclick()
    await page.getByTestId('explain-image').click()
    await expect.poll(() => colors(page)).toBeGreaterThan(20)
    const first = await page.getByRole('dialog').locator('figure img').getAttribute('src')
    await page.keyboard.press('ArrowRight')
    await expect(page.getByRole('dialog').locator('figure img')).not.toHaveAttribute('src', first!)
    await expect.poll(() => colors(page)).toBeGreaterThan(20)
    expect(await violations(page)).toEqual([])
  })

  test('says what is missing where the files of images are gone, and goes on when they are back', async ({
    page,
  }) => {
    await openByTestIds(page, served, project)
    await rename(pictures, `${pictures}-elsewhere`)
    await openImage(page, run)
    const alert = page.getByTestId('map-error')
    await expect(alert).toContainText('image')
    await expect(page.getByTestId('heat-map')).toHaveCount(0)
    await rename(`${pictures}-elsewhere`, pictures)
    await alert.getByRole('button', { name: 'Try again' }).click()
    await expect.poll(() => colors(page)).toBeGreaterThan(20)
    await expect(alert).toHaveCount(0)
  })

  testEveryAppearance({ width: 1280, height: 860 }, async (page, appearance) => {
    await openByTestIds(page, served, project)
    await openImage(page, run)
    await expect.poll(() => colors(page)).toBeGreaterThan(20)
    await expect(page.getByTestId('neighbour')).toHaveCount(8)
    await shoot(page, `explain-${appearance}`)
    expect(await violations(page)).toEqual([])
  })
})
