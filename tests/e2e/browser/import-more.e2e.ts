import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import { jpeg } from '../../fixtures/bad-files.ts'
import { dragFiles, dropFiles } from '../drag-files.ts'
import { openProject } from '../open-project.ts'
import { startServer, thaw, type Served } from '../served.ts'

// Chromium's own picture in place of a camera, and its leave for it.
test.use({
  launchOptions: {
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
    ],
  },
})

async function imageCount(page: Page, count: number): Promise<void> {
  await expect(page.getByTestId('count')).toHaveText(count === 1 ? '1 image' : `${count} images`)
}

/** What the class panel counts. */
async function classCount(page: Page, name: string, count: number): Promise<void> {
  await expect(page.getByRole('button', { name: `Show only ${name}: ${count}` })).toBeVisible()
}

/** Pastes a picture, as a screenshot is: with no name that says anything. */
async function paste(page: Page, bytes: Buffer): Promise<void> {
  await page.evaluate((base64) => {
    const data = new DataTransfer()
    const content = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
    data.items.add(new File([content], 'image.jpg', { type: 'image/jpeg' }))
    document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true }))
  }, bytes.toString('base64'))
}

test.describe('pictures that come otherwise than by an import', () => {
  let served: Served
  let project: string
  let data: string

  test.beforeEach(async ({ page }) => {
    served = await startServer()
    project = join(served.folder, 'mugs.thaw')
    data = join(served.folder, 'data')
    for (const name of ['cup', 'bowl']) {
      mkdirSync(join(data, 'first', name), { recursive: true })
      writeFileSync(join(data, 'first', name, '1.jpg'), await jpeg(name.length, 64, 64))
    }
    await thaw(served.folder, 'init', project)
    await thaw(served.folder, 'import', project, join(data, 'first'))
    await openProject(page, served, project)
  })
  test.afterEach(() => served.stop())

  test('folders and pictures are dropped, on the page and on a class', async ({ page }) => {
    await imageCount(page, 2)
    mkdirSync(join(data, 'more', 'cup'), { recursive: true })
    mkdirSync(join(data, 'more', 'plate'), { recursive: true })
    writeFileSync(join(data, 'more', 'cup', '2.jpg'), await jpeg(12, 64, 64))
    writeFileSync(join(data, 'more', 'plate', '3.jpg'), await jpeg(13, 64, 64))
    await dropFiles(page, [join(data, 'more')])
    const dialog = page.getByRole('dialog')
    await expect(dialog.getByText('more', { exact: true })).toBeVisible()
    await expect(dialog.getByText('They are kept in the project.')).toBeVisible()
    await dialog.getByRole('button', { name: 'Import 2 images' }).click()
    await imageCount(page, 4)
    await classCount(page, 'plate', 1)

    const loose = [join(data, '4.jpg'), join(data, '5.jpg')]
    for (const [index, path] of loose.entries()) writeFileSync(path, await jpeg(20 + index, 64, 64))
    const bowl = await page.getByTestId('class').filter({ hasText: 'bowl' }).boundingBox()
    const drop = await dragFiles(page, loose, { x: (bowl?.x ?? 0) + 20, y: (bowl?.y ?? 0) + 10 })
    await expect(page.getByTestId('drop-overlay')).toContainText('Images get the label bowl')
    await drop()
    await imageCount(page, 6)
    await classCount(page, 'bowl', 3)
    await expect(page.getByRole('dialog')).toHaveCount(0)
  })

  test('a picture is pasted with the class that is shown, and taken back', async ({ page }) => {
    await page.getByRole('button', { name: 'Show only cup: 1' }).click()
    await expect(page.getByTestId('count')).toHaveText('1 of 2')
    await paste(page, await jpeg(31, 64, 64))
    await expect(page.getByText('Pasted 1 image as cup')).toBeVisible()
    await expect(page.getByTestId('count')).toHaveText('2 of 3')
    const [name] = readdirSync(join(project, 'pictures', 'clipboard'))
    expect(name).toMatch(/^\d{4}-\d\d-\d\d \d\d-\d\d-\d\d-\d{3}\.jpg$/)
    await page.getByRole('button', { name: 'Undo' }).last().click()
    await expect(page.getByTestId('count')).toHaveText('1 of 2')

    await paste(page, await jpeg('cup'.length, 64, 64))
    await expect(page.getByText('This image is in the project already.')).toBeVisible()
    await expect(page.getByTestId('count')).toHaveText('1 of 2')
  })

  test('the camera takes pictures into a class, one by one and in a row, and one is deleted', async ({
    page,
  }) => {
    await page.getByRole('button', { name: 'Change cup' }).click()
    await page.getByRole('menuitem', { name: 'Take pictures' }).click()
    const dialog = page.getByRole('dialog')
    const video = dialog.getByTestId('camera')
    await expect.poll(() => video.evaluate((node: HTMLVideoElement) => node.videoWidth)).toBeGreaterThan(0)
    await expect(dialog.getByTestId('shutter')).toBeFocused()
    await page.keyboard.press('Space')
    await expect(dialog.getByTestId('taken')).toHaveText('1 picture')

    await page.keyboard.down('Space')
    await expect.poll(() => dialog.getByTestId('shot').count()).toBeGreaterThan(3)
    await page.keyboard.up('Space')
    // The one that was being taken when the key went up comes last.
    const shots = async () => ({
      shown: `${await dialog.getByTestId('shot').count()} pictures`,
      told: (await dialog.getByTestId('taken').textContent())?.trim(),
    })
    await expect(async () => {
      const before = await shots()
      await page.waitForTimeout(1000)
      expect(await shots()).toEqual({ shown: before.shown, told: before.shown })
    }).toPass({ timeout: 60_000 })
    const taken = await dialog.getByTestId('shot').count()
    await expect(dialog.getByText(/Kept in the project as .*pictures\/camera\/.*\.jpg/)).toBeVisible()

    await dialog.getByTestId('shot').first().hover()
    await dialog.getByTestId('shot').first().getByRole('button').click()
    await expect(dialog.getByTestId('shot')).toHaveCount(taken - 1)
    await dialog.getByRole('button', { name: 'Close' }).last().click()
    await imageCount(page, 2 + taken - 1)
    await classCount(page, 'cup', 1 + taken - 1)
  })

  test('a camera that is refused, or not there, is told', async ({ page }) => {
    const fail = (name: string) =>
      page.evaluate((text) => {
        navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', text))
      }, name)
    await fail('NotAllowedError')
    await page.getByRole('button', { name: 'Change cup' }).click()
    await page.getByRole('menuitem', { name: 'Take pictures' }).click()
    await expect(page.getByRole('alert')).toContainText('The camera may not be used.')
    await fail('NotFoundError')
    await page.getByRole('button', { name: 'Try again' }).click()
    await expect(page.getByRole('alert')).toContainText('No camera was found.')
    await expect(page.getByTestId('shutter')).toBeDisabled()
  })

  test('a folder is watched: what comes into it comes into the project, until that is ended', async ({
    page,
  }) => {
    const incoming = join(served.folder, 'incoming')
    mkdirSync(join(incoming, 'plate'), { recursive: true })
    await page.getByTestId('more-ways').click()
    await page.getByRole('menuitem', { name: 'Watched folders' }).click()
    await page.getByTestId('watch-folder').click()
    const chooser = page.getByRole('dialog').last()
    await chooser.getByRole('textbox', { name: 'Path' }).fill(incoming)
    await chooser.getByRole('button', { name: 'Choose this folder' }).click()
    const row = page.getByTestId('watched-folder')
    await expect(row).toContainText(incoming)
    await expect(row).toContainText('nothing came yet')
    writeFileSync(join(incoming, 'plate', '1.jpg'), await jpeg(41, 64, 64))
    await expect(page.getByText('1 new image from incoming')).toBeVisible()
    await expect(row).toContainText('1 image came')
    await page.getByRole('button', { name: `Stop watching ${incoming}` }).click()
    await expect(page.getByText('No folder is watched')).toBeVisible()
    await page.keyboard.press('Escape')
    await imageCount(page, 3)
    await classCount(page, 'plate', 1)
  })
})
