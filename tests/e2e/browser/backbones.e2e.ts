import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test, type Page } from '@playwright/test'
import sharp from 'sharp'
import { writeTorchSafetensors } from '../../core/weights/write-foreign-file.ts'
import { weightsFixture } from '../../core/weights/tiny-backbone.ts'
import { dragFiles, dropFiles } from '../drag-files.ts'
import { startServer, thaw, type Served } from '../served.ts'

const shared = fileURLToPath(new URL('../../../../shared/', import.meta.url))
const published = join(shared, 'weights', 'tfjs-layers-mobilenet_v1_0.25_224')
const withoutTop = join(shared, 'weights', 'tfjs-layers-mobilenet_v2_0.35_224_notop')
const bee = join(shared, 'data', 'hymenoptera', 'val', 'bees', '1297972485_33266a18d9.jpg')
const missing = [published, withoutTop, bee].find((path) => !existsSync(path))
// Playwright's list names no reasons. Its workers read this file too.
if (missing && process.env.TEST_WORKER_INDEX === undefined) {
  process.stdout.write(
    `Skipped: published weights on the page of backbones, as ../shared lacks ${missing}.\n`,
  )
}

test.describe('the page of backbones', () => {
  let served: Served
  let project: string

  test.beforeAll(async () => {
    // Nothing listens there: what is downloaded cannot be reached.
    process.env.HTTPS_PROXY = 'http://127.0.0.1:9'
    served = await startServer()
    project = join(served.folder, 'zoo.thaw')
    await thaw(served.folder, 'init', project)
    writeTorchSafetensors(join(served.folder, 'squeezenet.safetensors'), 'squeezenet1_1')
  })
  test.afterAll(async () => {
    delete process.env.HTTPS_PROXY
    await served.stop()
  })

  async function openPage(page: Page) {
    await page.goto(served.url)
    await page.getByRole('button', { name: /Open a project/ }).click()
    const chooser = page.getByRole('dialog')
    await chooser.getByRole('textbox', { name: 'Path' }).fill(project)
    await chooser.getByRole('button', { name: 'Open this project' }).click()
    await page.getByRole('link', { name: 'Backbones' }).click()
    const rows = page.locator('[data-backbone]')
    await expect(rows.nth(40)).toBeAttached()
    return { chooser, rows }
  }
  /** What is left of what the page sent. */
  const sent = () => {
    const folder = join(served.folder, 'home', 'uploads')
    return existsSync(folder) ? readdirSync(folder) : []
  }

  test('adds a file of weights, shows the layers, removes the weights, and asks before it downloads', async ({
    page,
  }) => {
    const { chooser, rows } = await openPage(page)

    await page.getByRole('searchbox', { name: 'Search backbones' }).fill('squeeze 1_1')
    await expect(rows).toHaveCount(1)
    const row = rows.first()
    await expect(row.getByTestId('weights')).toHaveText('Not installed')

    // A file that is refused says why, and changes nothing.
    await row.getByRole('button', { name: 'Add a file of weights of squeezenet1_1' }).click()
    await chooser.getByRole('textbox', { name: 'Path' }).fill(weightsFixture('refused-command.pth'))
    await chooser.getByRole('button', { name: 'Choose this file' }).click()
    const alert = page.getByRole('table').getByRole('alert')
    await expect(alert).toContainText('more than weights', { timeout: 60_000 })
    await expect(row.getByTestId('weights')).toHaveText('Not installed')
    await page.getByRole('button', { name: 'Hide this message' }).click()
    await expect(alert).toHaveCount(0)

    await row.getByRole('button', { name: 'Add a file of weights of squeezenet1_1' }).click()
    await chooser.getByRole('textbox', { name: 'Path' }).fill(served.folder)
    await chooser.getByRole('button', { name: 'Go', exact: true }).click()
    await chooser.getByRole('button', { name: 'squeezenet.safetensors' }).click()
    await expect(page.getByText('Installed 50 tensors of 25 layers.')).toBeVisible({ timeout: 60_000 })
    await expect(row.getByTestId('weights')).toContainText('From squeezenet.safetensors')

    await row.getByRole('button', { name: 'Show the layers of squeezenet1_1' }).click()
    const layers = page.getByTestId('layers')
    await expect(layers.getByRole('rowheader').first()).toBeVisible()
    await page.getByRole('searchbox', { name: 'Search layers' }).fill('concat')
    await expect(layers.getByRole('row')).toHaveCount(9)
    await page.keyboard.press('Escape')

    await row.getByRole('button', { name: 'Remove the weights of squeezenet1_1' }).click()
    await page.getByTestId('confirm-remove').click()
    await expect(row.getByTestId('weights')).toHaveText('Not installed')

    await row.getByRole('button', { name: 'Download weights of squeezenet1_1' }).click()
    await expect(page.getByTestId('address')).toHaveText(
      'https://download.pytorch.org/models/squeezenet1_1-b8a52dc0.pth',
    )
    await page.getByTestId('confirm-download').click()
    await expect(alert).toContainText('could not be downloaded')
    await alert.getByText('Details').click()
    await expect(alert).toContainText('thaw backbones add FILE --as squeezenet1_1')
  })

  test('takes weights and an image that are dropped, and shows what the network says of the image', async ({
    page,
  }) => {
    await openPage(page)
    const weights = join(served.folder, 'squeezenet.safetensors')
    const row = page.locator('[data-backbone=squeezenet1_1]')
    const dialog = page.getByRole('dialog')
    const overlay = page.getByTestId('drop-overlay')

    await dragFiles(page, [weights])
    await expect(overlay).toContainText('Drop weights to add them')
    // What a browser tells when the drag leaves its window.
    await page.locator('body').dispatchEvent('dragleave')
    await expect(overlay).toHaveCount(0)

    // The only backbone that they fit: they are added at once, and the row is shown, whatever is searched.
    await page.getByRole('searchbox', { name: 'Search backbones' }).fill('vgg')
    await dropFiles(page, [weights])
    await expect(page.getByText('Installed 50 tensors of 25 layers.')).toBeInViewport({ timeout: 60_000 })
    await expect(row.getByTestId('weights')).toContainText('From squeezenet.safetensors')
    await expect.poll(sent).toEqual([])

    // They would take the place of others, so the page asks.
    await dropFiles(page, [weights])
    await expect(dialog.getByTestId('finding')).toHaveText('These weights are of squeezenet1_1.')
    await expect(dialog).toContainText('take the place')
    expect(sent()).toHaveLength(1)
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await expect.poll(sent).toEqual([])

    const image = join(served.folder, 'picture.png')
    await sharp({ create: { width: 90, height: 60, channels: 3, background: '#2f8f5b' } }).toFile(image)
    const drop = await dragFiles(page, [image])
    await expect(overlay).toContainText('Drop an image')
    await drop()
    await expect(dialog.getByTestId('top-classes').getByRole('listitem')).toHaveCount(5, { timeout: 120_000 })
    await expect(dialog.getByRole('img', { name: 'picture.png' })).toBeVisible()
    await expect.poll(sent).toEqual([])

    // A file that only is called an image.
    const fake = join(served.folder, 'fake.png')
    writeFileSync(fake, 'no image')
    await dropFiles(page, [fake])
    await expect(dialog.getByRole('status')).toContainText('not read as an image: Not an image')
    await dialog.getByRole('button', { name: 'Close' }).last().click()

    // What ships with Thaw has no classifier, and says so.
    await page.getByRole('button', { name: 'Try efficientnet-lite0 on an image' }).click()
    await expect(dialog).toContainText('ship with Thaw come without a classifier')
    await page.keyboard.press('Escape')

    await page.getByRole('button', { name: 'Remove the weights of squeezenet1_1' }).click()
    await page.getByTestId('confirm-remove').click()
    await expect(row.getByTestId('weights')).toHaveText('Not installed')
  })

  test('takes published networks of TensorFlow.js, folder and files, and sees a bee', async ({ page }) => {
    test.skip(missing !== undefined, `../shared lacks ${missing}`)
    await openPage(page)
    const dialog = page.getByRole('dialog')

    await dropFiles(page, [join(withoutTop, 'model.json')])
    await expect(dialog.getByRole('alert')).toContainText('came alone')
    await dialog.getByRole('button', { name: 'Close' }).last().click()
    await expect.poll(sent).toEqual([])

    await dropFiles(
      page,
      ['model.json', 'weights.bin'].map((name) => join(withoutTop, name)),
    )
    const small = page.locator('[data-backbone="mobilenet_v2_0.35"]')
    await expect(small.getByTestId('weights')).toContainText('From model.json', { timeout: 60_000 })
    await page.getByRole('button', { name: 'Try mobilenet_v2_0.35 on an image' }).click()
    await expect(dialog).toContainText('model.json came without a classifier')
    await page.keyboard.press('Escape')

    await dropFiles(page, [published])
    const row = page.locator('[data-backbone="mobilenet_v1_0.25"]')
    await expect(row.getByTestId('weights')).toContainText('mobilenet_v1_0.25_224/model.json', {
      timeout: 60_000,
    })
    await page.getByRole('button', { name: 'Try it on an image' }).click()
    const choosing = page.waitForEvent('filechooser')
    await dialog.getByRole('button', { name: 'Choose an image' }).click()
    await (await choosing).setFiles(bee)
    const classes = dialog.getByTestId('top-classes').getByRole('listitem')
    await expect(classes).toHaveCount(5, { timeout: 120_000 })
    await expect(classes.first()).toContainText('bee')
    await expect.poll(sent).toEqual([])
  })
})
