// `npm test`: sets up what is missing, a browser included, runs every test, and ends with one line of counts.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureBrowser } from './setup/browser.mjs'
import { checkout } from './setup/checkout.mjs'
import { ensureNativeEngine } from './setup/native-engine.mjs'
import { buildRenderer } from './setup/renderer.mjs'
import { environmentOf, findNode } from './setup/runtime.mjs'
import { countPlaywright, countVitest, sumLine } from './test-counts.mjs'

const reports = mkdtempSync(join(tmpdir(), 'thaw-tests-'))
const counts = []
/** The person's own recent projects and settings are not for tests to write. */
const environment = { THAW_HOME: join(reports, 'home') }
try {
  const node = findNode()
  const native = await ensureNativeEngine(node, { retry: true })
  const browser = await ensureBrowser(node)
  await buildRenderer(node)
  if (browser) environment.CHROMIUM_PATH = browser

  const vitestReport = join(reports, 'vitest.json')
  await run(node, 'vitest/vitest.mjs', [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${vitestReport}`,
  ])
  counts.push(countVitest(read(vitestReport), checkout))

  const config = join(checkout, 'tests', 'e2e', 'playwright.config.ts')
  if (existsSync(config)) {
    const playwrightReport = join(reports, 'playwright.json')
    environment.PLAYWRIGHT_JSON_OUTPUT_NAME = playwrightReport
    await run(node, '@playwright/test/cli.js', ['test', '--config', config, '--reporter=list,json'])
    counts.push(countPlaywright(read(playwrightReport)))
  }
  if (!native) process.stdout.write('The native engine is not set up here: the tests that need it failed.\n')
} catch (error) {
  process.stderr.write(`${error.message}\n`)
  counts.push({ passed: 0, failed: 1, skipped: 0, skippedNames: [] })
} finally {
  rmSync(reports, { recursive: true, force: true })
}

const skippedNames = counts.flatMap((count) => count.skippedNames)
for (const name of skippedNames) process.stdout.write(`skipped: ${name}\n`)
const failed = counts.some((count) => count.failed > 0) || !counts.some((count) => count.passed > 0)
process.stdout.write(`${sumLine(counts)}\n`)
process.exitCode = failed ? 1 : 0

function run(node, program, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(node, [join(checkout, 'node_modules', program), ...args], {
      cwd: checkout,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...environmentOf(node), ...environment },
    })
    child.on('error', reject)
    // A runner that dies early leaves no report, which counts as a failure.
    child.on('close', resolve)
  })
}

function read(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null
}
