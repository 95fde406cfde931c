import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createRequire } from 'node:module'
import { checkout } from './checkout.mjs'
import { startStep } from './progress.mjs'
import { environmentOf } from './runtime.mjs'

const require = createRequire(import.meta.url)

const programs = {
  darwin: 'Electron.app/Contents/MacOS/Electron',
  win32: 'electron.exe',
  linux: 'electron',
}
const downloadLimitMs = 5 * 60 * 1000

/** @returns {string | null} the path of Electron's program, which its package has only after a download */
export function findElectron() {
  let folder
  try {
    folder = dirname(require.resolve('electron/package.json'))
  } catch {
    return null
  }
  const program = join(folder, 'dist', programs[process.platform] ?? 'electron')
  return existsSync(program) && existsSync(join(folder, 'dist', 'version')) ? program : null
}

/**
 * Finds Electron's program, or downloads it where there is a screen to show it on.
 * @param {string} node
 * @returns {Promise<{ program: string | null, reason: string }>}
 */
export async function ensureElectron(node) {
  const screen = process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY
  if (!screen) return { program: null, reason: 'there is no screen' }
  const found = findElectron()
  if (found) return { program: found, reason: '' }
  let installer
  try {
    installer = join(dirname(require.resolve('electron/package.json')), 'install.js')
  } catch {
    return { program: null, reason: 'its package is not installed' }
  }
  const step = startStep('Electron')
  step.update(0, 'downloading its program (about 110 MB)')
  const reason = await runQuietly(node, [installer], downloadLimitMs)
  const program = findElectron()
  if (program) {
    const { version } = JSON.parse(readFileSync(require.resolve('electron/package.json'), 'utf8'))
    step.done(version)
    return { program, reason: '' }
  }
  step.fail(`its program could not be downloaded (${reason ?? 'nothing came'})`)
  return { program: null, reason: 'its program is not here' }
}

/**
 * Builds Electron's main and preload scripts.
 * @param {string} node
 * @throws Error with what the build said
 */
export async function buildShell(node) {
  const step = startStep('Window')
  const tool = join(checkout, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js')
  // The interface stands already, with the hash of what it was built from.
  const reason = await runQuietly(node, [tool, 'build', '--logLevel', 'warn'], 0, { THAW_SHELL_ONLY: '1' })
  if (reason !== null) {
    step.fail('it could not be built')
    throw new Error(`Electron's scripts could not be built: ${reason}`)
  }
  step.done()
}

function runQuietly(command, args, timeout = 0, environment = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: checkout,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...environmentOf(command), ...environment },
      timeout,
    })
    let errors = ''
    child.stderr.setEncoding('utf8').on('data', (text) => (errors += text))
    child.on('error', (error) => resolve(error.message))
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(null)
      resolve(signal ? 'it took too long' : errors.trim().split('\n')[0] || `status ${code}`)
    })
  })
}
