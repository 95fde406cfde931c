import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { writeTorchSafetensors } from '../../core/weights/write-foreign-file.ts'
import { weightsFixture } from '../../core/weights/tiny-backbone.ts'
import { startServer, thaw, type Served } from '../served.ts'

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

  test('adds a file of weights, shows the layers, removes the weights, and asks before it downloads', async ({
    page,
  }) => {
    await page.goto(served.url)
    await page.getByRole('button', { name: /Open a project/ }).click()
    const chooser = page.getByRole('dialog')
    await chooser.getByRole('textbox', { name: 'Path' }).fill(project)
    await chooser.getByRole('button', { name: 'Open this project' }).click()
    await page.getByRole('link', { name: 'Backbones' }).click()
    const rows = page.locator('[data-backbone]')
    await expect(rows.nth(40)).toBeAttached()

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
})
