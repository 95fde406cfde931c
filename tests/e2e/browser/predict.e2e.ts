import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import { testEveryAppearance, violations } from '../appearances.ts'
import { dropFiles } from '../drag-files.ts'
import { openByTestIds } from '../open-project.ts'
import { drawPictures } from '../pictures.ts'
import { shoot } from '../shoot.ts'
import { startServer, thaw, type Served } from '../served.ts'

// A page has no camera of its own here: Chromium draws one.
test.use({
  permissions: ['camera'],
  launchOptions: {
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--use-fake-device-for-media-stream',
      '--force-color-profile=srgb',
    ],
  },
})

interface Predicted {
  predictions: { path: string; top: { class: string; probability: number }[] }[]
}

test.describe('pictures that are not of the project', () => {
  let served: Served
  let project: string
  let run: string
  /** A folder with three pictures of one class and a file that is none. */
  let news: string

  test.beforeAll(async () => {
    served = await startServer()
    const { pictures, className } = await drawPictures(served.folder, { images: 60, classes: 3, size: 160 })
    news = join(served.folder, 'news')
    await mkdir(join(news, 'deep'), { recursive: true })
    const loose = (await readdir(pictures)).filter((name) => name.includes('.'))
    expect(loose, className).toHaveLength(3)
    await Promise.all(
      loose.map((name, index) =>
        rename(join(pictures, name), index === 0 ? join(news, 'deep', name) : join(news, name)),
      ),
    )
    await writeFile(join(news, 'broken.jpg'), 'no picture')
    project = join(served.folder, 'predict.thaw')
    await thaw(served.folder, 'init', project)
    await thaw(served.folder, 'import', project, pictures)
    ;({ run } = await thaw<{ run: string }>(served.folder, 'train', project, '--epochs', '6'))
  })
  test.afterAll(() => served.stop())

  async function openPage(page: Page): Promise<void> {
    await openByTestIds(page, served, project)
    await page.goto(page.url().replace(/\/images.*$/, '/predict'))
    await expect(page.getByTestId('predict-run').or(page.getByTestId('open-camera')).first()).toBeVisible()
  }

  test('are dropped, predicted as the command line does, explained, saved and brought in', async ({
    page,
  }) => {
    const expected = await thaw<Predicted>(served.folder, 'predict', project, run, news)
    await openPage(page)
    await dropFiles(page, [news])
    await expect(page.getByTestId('prediction')).toHaveCount(3)
    await expect(page.getByTestId('show-skipped')).toContainText('1')
    const shownTexts = await page.getByTestId('prediction').allTextContents()
    for (const { path, top } of expected.predictions) {
      const name = path.slice(path.lastIndexOf('/') + 1)
      const text = shownTexts.find((one) => one.includes(name)) ?? ''
      expect(text).toContain(top[0]!.class)
      expect(text).toContain(`${(100 * top[0]!.probability).toFixed(1)}%`)
    }
    await page.getByTestId('show-skipped').click()
    await expect(page.getByRole('dialog')).toContainText('broken.jpg')
    await page.keyboard.press('Escape')

    const saving = page.waitForEvent('download')
    await page.getByTestId('save-csv').click()
    const saved = await (await saving).path()
    const lines = (await readFile(saved, 'utf8')).trim().split('\r\n')
    expect(lines).toHaveLength(5)
    expect(lines[0]).toContain('file,class,probability,sure')
    const [first] = expected.predictions
    const row = lines.find((line) => line.includes(first!.path.slice(first!.path.lastIndexOf('/') + 1)))
    const [, className, probability] = row!.split(',')
    expect(className).toBe(first!.top[0]!.class)
    expect(Number(probability)).toBeCloseTo(first!.top[0]!.probability, 4)

    await page.getByTestId('prediction').first().getByRole('button').click()
    const colors = () =>
      page.getByTestId('heat-map').evaluate((canvas: HTMLCanvasElement) => {
        const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
        return new Set(new Uint32Array(data.buffer)).size
      })
    await expect.poll(colors).toBeGreaterThan(20)
    await expect(page.getByTestId('probability')).toHaveCount(3)
    await expect(page.getByTestId('neighbour')).toHaveCount(8)
    await page.keyboard.press('Escape')

    await page.getByTestId('select-all').check()
    await page.getByTestId('add-to-dataset').click()
    await expect(page.getByTestId('prediction').first()).toContainText('in the data set')
    await page.goto(page.url().replace('/predict', '/images'))
    await page.keyboard.press('/')
    await page.keyboard.type('news')
    // Without a label, with the class that was predicted.
    await expect(page.getByTestId('proposal')).toHaveCount(3)
    await expect(page.getByRole('gridcell')).toHaveCount(3)
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect(page.getByTestId('proposal')).toHaveCount(0)
  })

  test('come from the clipboard and the camera too, which tells classes live', async ({ page }) => {
    await openPage(page)
    const bytes = [...(await readFile(join(news, (await firstPicture(news)) ?? '')))]
    await page.evaluate((data) => {
      const transfer = new DataTransfer()
      transfer.items.add(new File([Uint8Array.from(data)], 'image.png', { type: 'image/jpeg' }))
      window.dispatchEvent(new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true }))
    }, bytes)
    await expect(page.getByTestId('prediction')).toHaveCount(1)

    await page.getByTestId('open-camera').click()
    const dialog = page.getByRole('dialog')
    await expect(dialog.getByTestId('top-classes')).toBeVisible()
    await expect(dialog.getByTestId('top-classes').locator('li')).toHaveCount(3)
    await dialog.getByTestId('take-picture').click()
    await page.keyboard.press('Escape')
    await expect(page.getByTestId('prediction')).toHaveCount(2)
    await page.getByTestId('clear-predictions').click()
    await expect(page.getByTestId('prediction')).toHaveCount(0)
  })

  testEveryAppearance({ width: 1280, height: 860 }, async (page, appearance) => {
    await openPage(page)
    await shoot(page, `predict-empty-${appearance}`)
    expect(await violations(page)).toEqual([])
    await dropFiles(page, [news])
    await expect(page.getByTestId('prediction')).toHaveCount(3)
    await shoot(page, `predict-${appearance}`)
    expect(await violations(page)).toEqual([])
  })
})

async function firstPicture(folder: string): Promise<string | undefined> {
  return (await readdir(folder)).find((name) => name.endsWith('.jpg') && name !== 'broken.jpg')
}
