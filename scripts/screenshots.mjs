// `node scripts/screenshots.mjs`: the pictures of README.md and docs/, of the real interface over the sample project.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { chromium } from '@playwright/test'
import sharp from 'sharp'

const root = fileURLToPath(new URL('..', import.meta.url))
const bin = join(root, 'bin', 'thaw.mjs')
const target = join(root, 'docs', 'screenshots')
const home = mkdtempSync(join(tmpdir(), 'thaw-screenshots-'))
const environment = { ...process.env, THAW_HOME: join(home, 'home') }
const project = join(home, 'sample.thaw')

async function thaw(...args) {
  const child = spawn(process.execPath, [bin, ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: environment,
  })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`thaw ${args.join(' ')} ended with ${code}`)
}

/** Pictures that no run has seen, each class some. */
async function drawNews(count) {
  const news = join(home, 'news.thaw')
  await thaw('sample', news, '--images', String(count), '--seed', '9')
  const folder = join(news, 'pictures')
  return readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.jpg') || name.endsWith('.png'))
    .map((name) => join(folder, name))
}
const pictures = await drawNews(24)

await thaw('sample', project, '--flaws')
// Some without a label, for suggestions.
await thaw('import', project, join(home, 'news.thaw', 'pictures'), '--labels', 'none')
await thaw('split', project)
await thaw('duplicates', project)
await thaw('train', project, '--epochs', '20', '--name', 'Linear head')
await thaw('train', project, '--epochs', '20', '--lr', '0.0001', '--name', 'Slow and steady')
await thaw(
  'train',
  project,
  '--epochs',
  '20',
  '--head',
  '512:relu,dropout:0.3',
  '--schedule',
  'cosine',
  '--name',
  'Hidden layer, cosine',
)

/** Starts what has no result yet. */
async function compute(button, result) {
  await button.or(result).waitFor()
  if (await button.isVisible()) await button.click()
  await result.waitFor({ timeout: 120_000 })
}

const server = spawn(process.execPath, [bin, 'serve', '--json'], {
  stdio: ['ignore', 'pipe', 'inherit'],
  env: environment,
})
const [line] = await once(createInterface({ input: server.stdout }), 'line')
const { url } = JSON.parse(line)
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--no-first-run',
    '--disable-sync',
  ],
})
try {
  mkdirSync(target, { recursive: true })
  for (const [locale, theme, width, height] of [
    ['en', 'light', 1280, 800],
    ['zh-CN', 'dark', 1280, 800],
  ]) {
    const context = await browser.newContext({ locale, colorScheme: theme, viewport: { width, height } })
    const page = await context.newPage()
    const shoot = async (name) => {
      await page.waitForTimeout(900)
      const picture = await sharp(await page.screenshot())
        .webp({ quality: 88 })
        .toBuffer()
      writeFileSync(join(target, `${name}-${locale}-${theme}-${width}.webp`), picture)
    }
    await page.goto(url)
    await page.getByTestId('open-project').waitFor()
    await shoot('start')
    await page.getByTestId('open-project').click()
    await page.getByRole('dialog').getByRole('textbox').first().fill(project)
    await page.getByRole('dialog').locator('footer button').last().click()
    await page.getByRole('gridcell').locator('img[data-loaded]').nth(8).waitFor()
    await page.getByRole('gridcell').nth(2).click()
    await page
      .getByRole('gridcell')
      .nth(6)
      .click({ modifiers: ['Shift'] })
    await shoot('images')
    await page.keyboard.press('o')
    await page.getByTestId('zoom-pane').locator('img').waitFor()
    await shoot('view')
    await page.keyboard.press('Escape')
    await page.getByTestId('group-by').click()
    await page.getByRole('option').nth(1).click()
    await page.getByRole('rowheader').first().waitFor()
    await shoot('groups')
    await page.getByTestId('group-by').click()
    await page.getByRole('option').first().click()
    const suggest = page.getByTestId('suggest')
    if ((await suggest.getAttribute('aria-pressed')) === 'false') await suggest.click()
    await page.getByTestId('proposal').first().waitFor({ timeout: 120_000 })
    await shoot('suggestions')
    await suggest.click()
    const base = page.url().replace(/\/images.*$/, '')
    await page.goto(`${base}/train`)
    await page.getByTestId('train').waitFor()
    await shoot('train')
    await page.getByTestId('depth').locator('button').last().click()
    await page.getByRole('tree').waitFor()
    await shoot('train-everything')
    await page.getByTestId('depth').locator('button').nth(1).click()
    await page.goto(`${base}/runs`)
    const boxes = page.getByRole('row').getByRole('checkbox')
    await boxes.nth(2).waitFor()
    for (let row = 0; row < 3; row++) await boxes.nth(row).click()
    await shoot('runs')
    await page.goto(`${base}/compare?runs=r1,r2,r3`)
    await page.locator('[data-verdict]').first().waitFor()
    await shoot('compare')
    await page.goto(`${base}/runs/r3`)
    await page.getByTestId('test-accuracy').waitFor()
    await shoot('run')
    await page.getByTestId('tabs').scrollIntoViewIfNeeded()
    for (const tab of ['classes', 'calibration', 'mistakes']) {
      await page.locator(`[data-tab=${tab}]`).click()
      await page
        .getByRole('tabpanel')
        .locator('svg[role=img], table, [data-testid=evaluated-image]')
        .first()
        .waitFor()
      await page.getByTestId('tabs').evaluate((tabs) => tabs.scrollIntoView({ block: 'start' }))
      await shoot(`evaluation-${tab}`)
    }
    await page.getByTestId('evaluated-image').first().click()
    await page.getByTestId('neighbour').first().waitFor()
    await shoot('explain')
    await page.goto(`${base}/predict`)
    const choosing = page.waitForEvent('filechooser')
    await page.getByTestId('choose-pictures').click()
    await (await choosing).setFiles(pictures)
    await page.getByTestId('prediction').nth(8).waitFor()
    await page.getByRole('progressbar').waitFor({ state: 'detached' })
    await shoot('predict')
    for (const name of ['hygiene', 'suspects', 'map', 'backbones', 'storage', 'shortcuts']) {
      await page.goto(`${base}/${name}`)
      await page.getByRole('heading').first().waitFor()
      await page.waitForLoadState('networkidle')
      if (name === 'map') await compute(page.getByTestId('compute-map'), page.getByTestId('map-count'))
      if (name === 'suspects') {
        await compute(page.getByTestId('find-label-errors'), page.getByTestId('suspects-found'))
        await page.getByTestId('neighbours').first().waitFor()
      }
      await shoot(name)
    }
    await context.close()
  }
} finally {
  await browser.close()
  server.kill('SIGTERM')
  await once(server, 'exit')
  rmSync(home, { recursive: true, force: true })
}
