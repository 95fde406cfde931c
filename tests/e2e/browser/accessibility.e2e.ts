import { createRequire } from 'node:module'
import { join } from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import type { AxeResults } from 'axe-core'
import { drawPictures } from '../pictures.ts'
import { startServer, thaw, type Served } from '../served.ts'

const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

/** Violations as lines that say what, and where. The page's policy forbids inline scripts, so axe comes as an isolated evaluation. */
async function violations(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: axeFile }).catch(() => undefined)
  if (!(await page.evaluate(() => 'axe' in window))) {
    const { readFile } = await import('node:fs/promises')
    await page.evaluate(await readFile(axeFile, 'utf8'))
  }
  const results = await page.evaluate(
    () => (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run() as Promise<AxeResults>,
  )
  return results.violations.flatMap((violation) =>
    violation.nodes.map((node) => `${violation.id}: ${node.target.join(' ')}: ${node.failureSummary ?? ''}`),
  )
}

test.describe('every page, in both languages and both themes', () => {
  let served: Served
  let project: string
  let run: string

  test.beforeAll(async () => {
    served = await startServer()
    const drawn = await drawPictures(served.folder, { images: 60, classes: 3, size: 96 })
    project = join(served.folder, 'axe.thaw')
    await thaw(served.folder, 'init', project)
    await thaw(served.folder, 'import', project, drawn.pictures)
    ;({ run } = await thaw<{ run: string }>(served.folder, 'train', project, '--epochs', '2'))
    await thaw(served.folder, 'train', project, '--epochs', '2', '--seed', '1')
  })
  test.afterAll(() => served.stop())

  for (const locale of ['en', 'zh-CN'] as const) {
    for (const theme of ['light', 'dark'] as const) {
      test(`has no violation that axe knows: ${locale}, ${theme}`, async ({ browser }) => {
        const context = await browser.newContext({
          locale,
          colorScheme: theme,
          viewport: { width: 1280, height: 800 },
        })
        const page = await context.newPage()
        // The token opens one browser session; each context asks with it again.
        await page.goto(served.url)
        await expect(page.getByTestId('open-folder')).toBeVisible()
        const found: string[] = []
        const look = async (name: string) => {
          for (const line of await violations(page)) found.push(`${name}: ${line}`)
        }
        await look('start')
        await page.getByTestId('open-project').click()
        await page.getByRole('dialog').getByRole('textbox').first().fill(project)
        await look('folder dialog')
        await page.getByRole('dialog').locator('footer button').last().click()
        await expect(page.getByRole('gridcell').first()).toBeVisible()
        await page.getByRole('gridcell').first().click()
        await look('images')
        const suggest = page.getByTestId('suggest')
        if ((await suggest.getAttribute('aria-pressed')) === 'false') await suggest.click()
        await page
          .getByRole('gridcell')
          .filter({ has: page.getByTestId('proposal') })
          .first()
          .click()
        await expect(page.getByTestId('accept')).toBeVisible()
        await look('suggestions')
        await page.keyboard.press('Shift+R')
        await page.keyboard.press('o')
        await expect(page.getByTestId('zoom-pane').locator('img')).toBeVisible()
        await look('large view')
        await page.keyboard.press('Escape')
        await page.keyboard.press('Shift+R')
        await page.getByRole('gridcell').first().click()
        await page
          .getByRole('gridcell')
          .nth(2)
          .click({ modifiers: ['Shift'] })
        await page.keyboard.press('Shift+C')
        await expect(page.getByTestId('compared')).toHaveCount(3)
        await look('comparison')
        await page.keyboard.press('Escape')
        await page.locator('[data-testid^=filter-]').first().click()
        await expect(page.getByRole('checkbox').first()).toBeVisible()
        await look('filter menu')
        await page.keyboard.press('Escape')
        await page.keyboard.press('Shift+M')
        await expect(page.getByTestId('save-note')).toBeVisible()
        await look('note dialog')
        await page.keyboard.press('Escape')
        await page.locator('aside li').first().getByRole('button').last().click()
        await look('class menu')
        await page.getByRole('menuitem').first().click()
        await expect(page.getByTestId('class-color')).toBeVisible()
        await look('class dialog')
        await page.keyboard.press('Escape')
        await page.locator('aside li').first().getByRole('button').last().click()
        await page.getByRole('menuitem').nth(1).click()
        await expect(page.getByTestId('confirm-merge')).toBeVisible()
        await look('merge dialog')
        await page.keyboard.press('Escape')
        await page.keyboard.press('Control+k')
        await expect(page.getByRole('option').first()).toBeVisible()
        await look('palette')
        await page.keyboard.press('Escape')
        await page.getByTestId('open-history').click()
        await expect(page.getByTestId('history-entry').first()).toBeVisible()
        await look('history')
        await page.keyboard.press('Escape')
        await page.keyboard.press('?')
        await look('list of shortcuts')
        await page.getByTestId('change-shortcuts').click()
        await expect(page.getByTestId('reset-shortcuts')).toBeVisible()
        await look('shortcuts')
        await page.locator('[data-command="label.train"] button').last().click()
        await page.keyboard.press('x')
        await expect(page.getByTestId('use-key')).toBeVisible()
        await look('recording a key')
        await page.keyboard.press('Escape')
        const base = page.url().replace(/\/(images|shortcuts).*$/, '')
        await page.goto(`${base}/map`)
        const compute = page.getByTestId('compute-map')
        const mapCount = page.getByTestId('map-count')
        await expect(compute.or(mapCount)).toBeVisible()
        await look('map')
        if (await compute.isVisible()) await compute.click()
        await expect(mapCount).toBeVisible()
        await page.getByRole('combobox').first().click()
        await page.getByRole('option').nth(2).click()
        await expect(page.locator('aside img').first()).toBeVisible()
        await look('map with a selection')
        await page.goto(`${base}/train`)
        await expect(page.getByTestId('train')).toBeEnabled()
        await look('train')
        await page.getByTestId('sweep').click()
        await expect(page.getByTestId('sweep-count')).toBeVisible()
        await look('sweep dialog')
        await page.keyboard.press('Escape')
        await page.getByTestId('augmentations').evaluate((button) => (button as HTMLElement).click())
        await expect(page.getByTestId('variants')).toBeVisible()
        await look('augmentation dialog')
        await page.keyboard.press('Escape')
        await page.goto(`${base}/runs/${run}`)
        await expect(page.getByTestId('test-accuracy')).toBeVisible()
        await look('run')
        await page.goto(`${base}/runs`)
        await expect(page.getByRole('row').nth(2)).toBeVisible()
        await look('runs')
        await page.goto(`${base}/storage`)
        await expect(page.getByRole('row').nth(2)).toBeVisible()
        await look('storage')
        await page.goto(`${base}/backbones`)
        await expect(page.locator('[data-backbone]').first()).toBeVisible()
        await look('backbones')
        await page.locator('[data-backbone=vgg16] button').nth(2).click()
        await expect(page.getByTestId('address')).toBeVisible()
        await look('download dialog')
        await page.keyboard.press('Escape')
        await page.locator('[data-backbone=vgg16] button').nth(3).click()
        await expect(page.getByTestId('layers').getByRole('row').nth(2)).toBeVisible()
        await look('layers dialog')
        await page.keyboard.press('Escape')
        await page.locator('[data-backbone=efficientnet-lite0] button').nth(4).click()
        await expect(page.getByRole('dialog')).toBeVisible()
        await look('dialog that tries a backbone')
        expect(found).toEqual([])
        await context.close()
      })
    }
  }
})
