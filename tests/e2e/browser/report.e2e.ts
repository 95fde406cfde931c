import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test, type Browser, type Page } from '@playwright/test'
import { violations } from '../appearances.ts'
import { openByTestIds } from '../open-project.ts'
import { drawPictures } from '../pictures.ts'
import { startServer, thaw, type Served } from '../served.ts'
import { shoot } from '../shoot.ts'

const languages = { en: 'English', 'zh-CN': '简体中文' } as const
type Language = keyof typeof languages

/** The width of A4 without its margins, in CSS pixels. */
const paperWidth = 680
/** A name of a class that a page would run, were it not escaped. */
const evil = '<script>alert(1)<'

/** Chooses language and format in the dialog, and presses its button. */
async function askForReport(page: Page, language: Language, format: 'HTML' | 'PDF'): Promise<void> {
  await page.getByTestId('report').click()
  const dialog = page.getByRole('dialog')
  const choices = dialog.getByRole('combobox')
  for (const [index, wanted] of [languages[language], format].entries()) {
    if ((await choices.nth(index).innerText()).trim() === wanted) continue
    await choices.nth(index).click()
    await page.getByRole('option', { name: wanted, exact: true }).click()
  }
  await shoot(page, `report-dialog-${language}-${format}`)
  expect(await violations(page)).toEqual([])
  await dialog.getByTestId('save-report').click()
}

/** Saves the report and opens its file in a page of its own, which has no server. */
async function saved(browser: Browser, page: Page, language: Language, folder: string): Promise<Page> {
  const download = page.waitForEvent('download')
  await askForReport(page, language, 'HTML')
  const file = await download
  expect(file.suggestedFilename()).toMatch(/^drawn r1 .*\.html$|^drawn r1 r2\.html$/)
  const path = join(folder, `saved-${language}-${Date.now()}.html`)
  await file.saveAs(path)
  const context = await browser.newContext({ viewport: { width: 1000, height: 1000 } })
  const opened = await context.newPage()
  const asked: string[] = []
  opened.on('request', (request) => asked.push(request.url()))
  opened.on('dialog', (dialog) => void dialog.dismiss().then(() => asked.push('a dialog')))
  await opened.goto(pathToFileURL(path).href)
  await expect(opened.locator('html')).toHaveAttribute('lang', language)
  expect(asked.filter((address) => !address.startsWith('data:'))).toEqual([pathToFileURL(path).href])
  return opened
}

/** What stands out of the sheet when it is printed. */
function cutOff(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('body *')]
      .filter((element) => {
        const { right, left, width } = element.getBoundingClientRect()
        return width > 0 && (right > document.documentElement.clientWidth + 1 || left < -1)
      })
      .map((element) => `${element.tagName} ${element.textContent?.slice(0, 40)}`),
  )
}

async function expectToPrint(page: Page, name: string, leastPages: number): Promise<void> {
  await shoot(page, name)
  expect(await violations(page)).toEqual([])
  await page.emulateMedia({ media: 'print' })
  await page.setViewportSize({ width: paperWidth, height: 900 })
  expect(await cutOff(page)).toEqual([])
  const path = process.env.SHOTS === undefined ? undefined : join(process.env.SHOTS, `${name}.pdf`)
  const pdf = (await page.pdf({ preferCSSPageSize: true, printBackground: true, path })).toString('latin1')
  expect(pdf.startsWith('%PDF')).toBe(true)
  expect(pdf.match(/\/Type\s*\/Page\b/g)?.length ?? 0).toBeGreaterThanOrEqual(leastPages)
}

test.describe('a report', () => {
  test.setTimeout(300_000)
  let served: Served
  let project: string

  test.beforeAll(async () => {
    test.setTimeout(300_000)
    served = await startServer()
    const { pictures, className } = await drawPictures(served.folder, { images: 60, classes: 3, size: 64 })
    await cp(join(pictures, className), join(pictures, evil), { recursive: true })
    project = join(served.folder, 'drawn2.thaw')
    await thaw(served.folder, 'init', project, '--name', 'drawn')
    await thaw(served.folder, 'import', project, pictures)
    const train = (...args: string[]) => thaw(served.folder, 'train', project, '--input-size', '64', ...args)
    await train('--epochs', '2', '--lr', '1e-6', '--name', 'timid <b>')
    await train(
      '--phase',
      'epochs=3,freeze=all',
      '--phase',
      'epochs=1,freeze-first=30,lr=1e-4',
      '--name',
      'bold',
    )
  })
  test.afterAll(() => served.stop())

  for (const language of ['en', 'zh-CN'] as const) {
    test(`of a run says what its page says, and prints: ${language}`, async ({ browser }) => {
      const context = await browser.newContext({ locale: language === 'en' ? 'en-US' : 'zh-CN' })
      const page = await context.newPage()
      await openByTestIds(page, served, project)
      await page.goto(page.url().replace(/\/images.*$/, '/runs/r1'))
      const shown = page.getByTestId('test-accuracy')
      await expect(shown).toHaveText(/%$/)
      const report = await saved(browser, page, language, served.folder)
      await expect(report.locator('[data-value=accuracy]')).toHaveText(await shown.innerText())
      await expect(report.locator('h1')).toHaveText('timid <b>')
      const [low, high] = (await page.getByTestId('test-result').innerText())
        .match(/[\d.]+%(?= |\n|$)/g)!
        .slice(-2)
      await expect(report.locator('[data-value=interval]')).toContainText(`${low} – ${high}`)

      await page.locator('[data-tab=calibration]').click()
      const error = await page.getByTestId('calibration-before').getByTestId('calibration-error').innerText()
      await expect(report.locator('[data-calibration=before]')).toContainText(error)
      await page.locator('[data-tab=mistakes]').click()
      await expect(page.getByTestId('evaluated-image').first()).toBeVisible()
      const mistakes = Math.min(12, await page.getByTestId('evaluated-image').count())
      await expect(report.locator('#mistakes img')).toHaveCount(mistakes)
      expect(
        await report
          .locator('#mistakes img')
          .evaluateAll((images) => images.every((image) => (image as HTMLImageElement).naturalWidth > 0)),
      ).toBe(true)
      await expectToPrint(report, `report-run-${language}`, 4)
      await context.close()
      await report.context().close()
    })

    test(`of a comparison says what its page says, and prints: ${language}`, async ({ browser }) => {
      const context = await browser.newContext({ locale: language === 'en' ? 'en-US' : 'zh-CN' })
      const page = await context.newPage()
      await openByTestIds(page, served, project)
      await page.goto(page.url().replace(/\/images.*$/, '/compare?runs=r1,r2'))
      const row = page.locator('[data-verdict=r2]')
      await expect(row).toBeVisible()
      const report = await saved(browser, page, language, served.folder)
      const fixed = await row.getByRole('cell').nth(2).innerText()
      const broken = await row.getByRole('cell').nth(3).innerText()
      const told = report.locator('[data-flips=r2]')
      await expect(told).toContainText(language === 'en' ? ` ${fixed} right` : ` ${fixed} 张改对`)
      await expect(told).toContainText(language === 'en' ? `breaks ${broken} ` : ` ${broken} 张改错`)
      await expectToPrint(report, `report-compare-${language}`, 3)
      await context.close()
      await report.context().close()
    })
  }

  test('is printed from the page itself where a browser shows it', async ({ page }) => {
    await page.addInitScript(() => {
      window.print = () => {
        const heading = document.querySelector('h1')
        const printed = {
          title: document.title,
          size: heading && getComputedStyle(heading).fontSize,
          images: document.images.length,
        }
        Object.assign(window.top as object, { printed })
      }
    })
    await openByTestIds(page, served, project)
    await page.goto(page.url().replace(/\/images.*$/, '/runs/r1'))
    await askForReport(page, 'en', 'PDF')
    await expect
      .poll(() => page.evaluate(() => (window as { printed?: object }).printed))
      .toMatchObject({ title: 'timid <b>: report of a training run', size: '28px' })
    await expect(page.getByTestId('printed')).toHaveCount(1)
    await page.evaluate(() => {
      const frame = document.querySelector<HTMLIFrameElement>('[data-testid=printed]')
      frame?.contentWindow?.dispatchEvent(new Event('afterprint'))
    })
    await expect(page.getByTestId('printed')).toHaveCount(0)
  })
})
