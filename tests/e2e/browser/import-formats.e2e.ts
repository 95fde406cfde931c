import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import { jpeg } from '../../fixtures/bad-files.ts'
import { cifar10Files, writeArchive } from '../../fixtures/cifar.ts'
import { startServer, type Served } from '../served.ts'

/** Chooses a path in the page's own dialog. */
async function choose(page: Page, path: string, button: string): Promise<void> {
  const chooser = page.getByRole('dialog')
  await chooser.getByRole('textbox', { name: 'Path' }).fill(path)
  await chooser.getByRole('button', { name: button }).click()
}

test.describe('data sets in a browser', () => {
  let served: Served
  test.beforeAll(async () => {
    served = await startServer()
  })
  test.afterAll(() => served.stop())

  test('a CIFAR-10 archive is opened; a CSV and COCO are added; a report is saved; all is exported', async ({
    page,
  }) => {
    const problems: string[] = []
    page.on('pageerror', (error) => problems.push(error.message))
    const data = join(served.folder, 'data')
    mkdirSync(data)
    const archive = writeArchive(join(data, 'cifar-10-binary.tar.gz'), 'cifar-10-batches-bin', cifar10Files())
    for (const index of [1, 2, 3]) writeFileSync(join(data, `${index}.jpg`), await jpeg(index, 64, 64))
    writeFileSync(join(data, 'list.csv'), 'path;class\n1.jpg;ants\n=gone.jpg;ants\n')
    writeFileSync(
      join(data, 'coco.json'),
      JSON.stringify({
        images: [{ id: 1, file_name: '3.jpg' }],
        categories: [
          { id: 1, name: 'ants' },
          { id: 2, name: 'bees' },
        ],
        annotations: [
          { image_id: 1, id: 1, category_id: 1, bbox: [0, 0, 30, 30] },
          { image_id: 1, id: 2, category_id: 2, bbox: [30, 30, 30, 30] },
        ],
      }),
    )

    await page.goto(served.url)
    await page.getByRole('button', { name: /Open a data set from a file/ }).click()
    await choose(page, archive, 'Choose this file')
    const preview = page.getByRole('dialog')
    await expect(preview.getByText('Found by itself: CIFAR-10')).toBeVisible()
    await expect(preview.getByText(/inside a file, so they are written into the project/)).toBeVisible()
    await expect(preview.getByText('Test 10')).toBeVisible()
    await preview.getByRole('button', { name: 'Import 30 images' }).click()
    const count = page.getByTestId('count')
    await expect(count).toHaveText('30 images')

    await page.getByTestId('import-file').click()
    await choose(page, join(data, 'list.csv'), 'Choose this file')
    await expect(preview.getByText('1 entry will be left out')).toBeVisible()
    await preview.getByRole('button', { name: 'Import 1 image' }).click()
    await expect(count).toHaveText('31 images')
    await page.getByRole('button', { name: 'Show report' }).last().click()
    const download = page.waitForEvent('download')
    await page.getByTestId('save-report').click()
    const saved = readFileSync(await (await download).path(), 'utf8')
    expect(saved).toMatch(/^\uFEFFpath,reason,detail\r\n.*gone\.jpg,not-found/)
    await page.keyboard.press('Escape')

    await page.getByTestId('import-file').click()
    await choose(page, join(data, 'coco.json'), 'Choose this file')
    await preview.getByText('Each box by itself (2)').click()
    await preview.getByRole('button', { name: 'Import 2 images' }).click()
    await expect(count).toHaveText('33 images')

    await page.getByTestId('export-images').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('combobox', { name: 'Format' }).click()
    await page.getByRole('option', { name: 'CSV list' }).click()
    await dialog.getByRole('textbox', { name: 'In the folder' }).fill(served.folder)
    await dialog.getByRole('textbox', { name: 'Name' }).fill('written')
    await page.getByTestId('export').click()
    await expect(page.getByText('Wrote 34 files')).toBeVisible()
    const list = readFileSync(join(served.folder, 'written', 'labels.csv'), 'utf8')
      .trimEnd()
      .split('\r\n')
    expect(list).toHaveLength(34)

    await page.getByTestId('export-images').click()
    const labelsOnly = dialog.getByRole('checkbox', { name: 'Labels only, without the images' })
    await labelsOnly.check()
    await dialog.getByRole('combobox', { name: 'Format' }).click()
    await page.getByRole('option', { name: 'Class folders', exact: true }).click()
    await expect(labelsOnly).toBeHidden()
    await dialog.getByRole('combobox', { name: 'Format' }).click()
    await page.getByRole('option', { name: 'COCO' }).click()
    await expect(labelsOnly).toBeChecked()
    await expect(dialog.getByText('annotations.json with one category an image.')).toBeVisible()
    await dialog.getByRole('textbox', { name: 'Name' }).fill('labels')
    await page.getByTestId('export').click()
    await expect(page.getByText('Wrote 1 file', { exact: true })).toBeVisible()
    expect(readdirSync(join(served.folder, 'labels'))).toEqual(['annotations.json'])
    const { images, annotations } = JSON.parse(
      readFileSync(join(served.folder, 'labels', 'annotations.json'), 'utf8'),
    ) as { images: { file_name: string }[]; annotations: unknown[] }
    expect(annotations).toHaveLength(33)
    expect(images.every(({ file_name: path }) => existsSync(path))).toBe(true)
    expect(problems).toEqual([])
  })
})
