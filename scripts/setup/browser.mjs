import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'
import { startStep } from './progress.mjs'
import { environmentOf } from './runtime.mjs'

const require = createRequire(import.meta.url)

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']
const applications = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/** @returns {string | null} the path of a Chromium for the tests */
export function findBrowser() {
  const given = process.env.CHROMIUM_PATH
  if (given) return existsSync(given) ? given : null
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/snap/bin']
  const candidates = folders.flatMap((folder) => names.map((name) => join(folder, name)))
  return [...candidates, ...applications, playwrightsOwn()].find((path) => path && existsSync(path)) ?? null
}

/**
 * Finds a browser, or installs one: Debian's as root, else the one that Playwright downloads.
 * @param {string} node
 * @returns {Promise<string | null>} its path; null (told) where there is none and none could be installed
 */
export async function ensureBrowser(node) {
  const found = findBrowser()
  if (found) return found
  const step = startStep('Browser for the tests')
  const failures = []
  if (process.env.CHROMIUM_PATH)
    failures.push(`CHROMIUM_PATH names ${process.env.CHROMIUM_PATH}, which does not exist`)
  for (const [way, commands] of ways(node)) {
    step.update(0, `installing it through ${way}`)
    const reason = await runAll(commands, node)
    const path = reason === null ? findBrowser() : null
    if (path) {
      step.done(path)
      return path
    }
    failures.push(`${way}: ${reason ?? 'it brought none'}`)
  }
  step.fail(
    `none was found or could be installed (${failures.join('; ')}). Install Chromium, or set CHROMIUM_PATH.`,
  )
  return null
}

function* ways(node) {
  const root = typeof process.getuid === 'function' && process.getuid() === 0
  if (root && spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status === 0) {
    const install = ['apt-get', 'install', '-y', '--no-install-recommends', 'chromium']
    yield ['apt-get', [['apt-get', 'update'], install]]
  }
  const playwright = packageFile('@playwright/test', 'cli.js')
  if (playwright) yield ['Playwright', [[node, playwright, 'install', 'chromium']]]
}

async function runAll(commands, node) {
  for (const [command, ...args] of commands) {
    const reason = await run(command, args, node)
    if (reason !== null) return reason
  }
  return null
}

function run(command, args, node) {
  return new Promise((resolve) => {
    const env = { ...environmentOf(node), DEBIAN_FRONTEND: 'noninteractive' }
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], env })
    let errors = ''
    child.stderr.setEncoding('utf8').on('data', (text) => (errors += text))
    child.on('error', (error) => resolve(error.message))
    child.on('close', (code) => {
      const last = errors.trim().split('\n').at(-1) || `status ${code}`
      resolve(code === 0 ? null : last)
    })
  })
}

function playwrightsOwn() {
  try {
    return require('@playwright/test').chromium.executablePath()
  } catch {
    return null
  }
}

function packageFile(name, file) {
  try {
    return join(dirname(require.resolve(`${name}/package.json`)), file)
  } catch {
    return null
  }
}
