import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import '@tensorflow/tfjs-backend-cpu'
import {
  saveLayersModel,
  sequentialClassifier,
  setFormulaWeights,
} from '../../core/own-backbones/layers-models.ts'
import { openProject } from '../open-project.ts'
import { startServer, thaw, type Served } from '../served.ts'

test.describe("a model of one's own", () => {
  let served: Served
  let project: string
  let model: string

  test.beforeAll(async () => {
    served = await startServer()
    project = join(served.folder, 'drawn.thaw')
    await thaw(served.folder, 'sample', project, '--images', '24', '--size', '48', '--classes', '2')
    const made = sequentialClassifier()
    setFormulaWeights(made)
    model = await saveLayersModel(made, join(served.folder, 'blobs'))
  })
  test.afterAll(() => served.stop())

  test('is added on the page of backbones, trained with its layers as toggles, and removed', async ({
    page,
  }) => {
    await openProject(page, served, project)
    const dialog = page.getByRole('dialog')
    await page.getByRole('link', { name: 'Backbones' }).click()

    await page.getByRole('button', { name: 'Add a model of your own' }).click()
    await dialog.getByRole('textbox', { name: 'Path' }).fill(model)
    await dialog.getByRole('button', { name: 'Choose this file' }).click()
    const id = dialog.getByRole('textbox', { name: 'Id' })
    await expect(id).toHaveValue('blobs')
    await id.fill('Blobs')
    await expect(dialog.getByText(/^Lower-case letters/)).toBeVisible()
    await id.fill('vgg16')
    await expect(dialog.getByText(/one of Thaw’s own backbones/)).toBeVisible()
    await id.fill('blobs')
    await dialog.getByRole('textbox', { name: 'Feature layer' }).fill('nowhere')
    await dialog.getByTestId('confirm-model').click()
    const refused = page.getByRole('region', { name: 'blobs' })
    await expect(refused.getByRole('alert')).toContainText('no layer of this name', { timeout: 60_000 })
    await refused.getByRole('button', { name: 'Hide this message' }).click()

    await page.getByRole('button', { name: 'Add a model of your own' }).click()
    await dialog.getByRole('textbox', { name: 'Path' }).fill(model)
    await dialog.getByRole('button', { name: 'Choose this file' }).click()
    await dialog.getByRole('combobox', { name: 'Values of pixels' }).click()
    await page.getByRole('option', { name: '0 to 1 (rescale)' }).click()
    await dialog.getByTestId('confirm-model').click()
    const row = page.locator('[data-backbone="blobs"]')
    await expect(row.getByTestId('weights')).toContainText('From blobs/model.json', { timeout: 60_000 })
    await expect(page.getByRole('rowheader', { name: 'Your own models' })).toBeVisible()
    await expect(page.getByText('Installed 7 tensors of 4 layers.')).toBeVisible()

    await row.getByRole('button', { name: 'Show the layers of blobs' }).click()
    const layers = page.getByTestId('layers')
    await expect(layers.getByRole('rowheader', { name: 'third' })).toBeVisible()
    await page.keyboard.press('Escape')

    await page.getByRole('link', { name: 'Train' }).click()
    await page.getByRole('combobox', { name: 'Backbone' }).click()
    await page.getByRole('option', { name: /^blobs/ }).click()
    await page.getByTestId('depth').getByText('Everything').click()
    const tree = page.getByRole('tree')
    await expect(tree.getByRole('treeitem')).toHaveCount(4)
    await tree.getByRole('treeitem').nth(3).click()
    await page.getByRole('spinbutton', { name: 'Epochs' }).first().fill('2')
    await page.getByRole('button', { name: 'Train', exact: true }).click()
    await expect(page.getByTestId('run-status').or(page.getByText('Completed')).first()).toContainText(
      /Completed/,
      { timeout: 90_000 },
    )

    await page.getByRole('link', { name: 'Backbones' }).click()
    await row.getByRole('button', { name: 'Remove your model blobs' }).click()
    await expect(page.getByTestId('used-by')).toContainText(
      '1 run of this project used it: blobs, fine-tune (r1)',
    )
    await page.getByTestId('confirm-remove').click()
    await expect(row).toHaveCount(0)

    // Settings of its run begin with what is there.
    await page.goto(page.url().replace(/backbones.*$/, 'train?from=r1'))
    await expect(page.getByText(/The backbone blobs of these settings is no longer here/)).toBeVisible()
    await expect(page.getByRole('combobox', { name: 'Backbone' })).toContainText('efficientnet-lite0')
  })
})
