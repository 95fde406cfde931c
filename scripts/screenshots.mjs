// `node scripts/screenshots.mjs`: the pictures of README.md and docs/, of the real interface over the sample project.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { chromium } from '@playwright/test'

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

await thaw('sample', project, '--flaws')
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
      await page.screenshot({ path: join(target, `${name}-${locale}-${theme}-${width}.png`) })
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
    const base = page.url().replace(/\/images.*$/, '')
    await page.goto(`${base}/train`)
    await page.getByTestId('train').waitFor()
    await shoot('train')
    await page.goto(`${base}/runs`)
    const boxes = page.getByRole('row').getByRole('checkbox')
    await boxes.nth(2).waitFor()
    for (let row = 0; row < 3; row++) await boxes.nth(row).click()
    await shoot('runs')
    await page.getByRole('row').nth(1).getByRole('link').first().click()
    await page.getByTestId('test-accuracy').waitFor()
    await shoot('run')
    for (const name of ['hygiene', 'map', 'backbones', 'storage', 'shortcuts']) {
      await page.goto(`${base}/${name}`)
      await page.getByRole('heading').first().waitFor()
      await page.waitForLoadState('networkidle')
      if (name === 'map') {
        const [compute, count] = [page.getByTestId('compute-map'), page.getByTestId('map-count')]
        await compute.or(count).waitFor()
        if (await compute.isVisible()) await compute.click()
        await count.waitFor({ timeout: 120_000 })
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
