import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { _electron, expect, test, type ElectronApplication } from '@playwright/test'
import { runMainFlow } from '../flow.ts'
import { drawPictures } from '../pictures.ts'

const checkout = fileURLToPath(new URL('../../../', import.meta.url))
const program = findElectron()
const screen = process.platform !== 'linux' || Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY)
const missing = !program
  ? "Electron's program is not here (npm start downloads it where there is a screen)"
  : !screen
    ? 'there is no screen to open a window on'
    : null
// Playwright's list names no reasons. Its workers read this file too.
if (missing && process.env.TEST_WORKER_INDEX === undefined) {
  process.stdout.write(`Skipped: the flows in Electron: ${missing}.\n`)
}

test.describe('the main job in Electron', () => {
  test.skip(missing !== null, missing ?? '')

  let folder: string
  let electron: ElectronApplication

  test.beforeAll(async () => {
    const builder = join(checkout, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js')
    execFileSync(process.execPath, [builder, 'build', '--logLevel', 'warn'], {
      cwd: checkout,
      env: { ...process.env, THAW_SHELL_ONLY: '1' },
    })
    folder = await mkdtemp(join(tmpdir(), 'thaw-electron-'))
    electron = await _electron.launch({
      executablePath: program ?? '',
      args: [
        '.',
        `--user-data-dir=${join(folder, 'profile')}`,
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ],
      cwd: checkout,
      env: { ...(process.env as Record<string, string>), THAW_HOME: join(folder, 'home') },
    })
  })
  test.afterAll(async () => {
    await electron?.close()
    if (folder) await rm(folder, { recursive: true, force: true })
  })

  test('open a folder, label three, train, see the curve move, read the test accuracy', async () => {
    const drawn = await drawPictures(folder, { images: 160, classes: 4, size: 128 })
    await electron.evaluate(({ dialog }, path) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [path] })
    }, drawn.pictures)
    const page = await electron.firstWindow()
    await runMainFlow(page, {
      folder: drawn.pictures,
      images: drawn.images,
      className: drawn.className,
      systemDialog: true,
    })
  })

  test('saves the report of the run as a PDF', async () => {
    const page = await electron.firstWindow()
    const path = join(folder, 'report.pdf')
    await electron.evaluate(({ session }, savePath) => {
      session.defaultSession.once('will-download', (_event, item) => item.setSavePath(savePath))
    }, path)
    await page.getByTestId('report').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('combobox', { name: 'Format' }).click()
    await page.getByRole('option', { name: 'PDF', exact: true }).click()
    await dialog.getByTestId('save-report').click()
    await expect
      .poll(() => (existsSync(path) ? readFileSync(path).subarray(0, 5).toString() : ''))
      .toBe('%PDF-')
    expect(electron.windows()).toHaveLength(1)
  })

  test('the page is alone: no Node, no way out', async () => {
    const page = await electron.firstWindow()
    const seen = await page.evaluate(() => ({
      require: 'require' in window,
      process: 'process' in window,
      opened: window.open('https://example.invalid') !== null,
      origin: window.location.origin,
    }))
    expect(seen).toEqual({ require: false, process: false, opened: false, origin: 'thaw://app' })
  })
})

function findElectron(): string | null {
  const names: Partial<Record<NodeJS.Platform, string>> = {
    darwin: 'Electron.app/Contents/MacOS/Electron',
    win32: 'electron.exe',
  }
  const folder = dirname(createRequire(import.meta.url).resolve('electron/package.json'))
  const path = join(folder, 'dist', names[process.platform] ?? 'electron')
  return existsSync(path) ? path : null
}
