import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { checkout } from './checkout.mjs'
import { startStep } from './progress.mjs'
import { environmentOf } from './runtime.mjs'

const sources = [
  'src/renderer',
  'src/contract',
  'src/models',
  'src/metrics',
  'src/reports',
  'package-lock.json',
]
const output = join(checkout, 'out', 'renderer')
const hashFile = join(output, '.build-hash')

/** Whether `out/renderer` was built from the sources as they are. */
export function rendererIsBuilt() {
  return existsSync(hashFile) && readFileSync(hashFile, 'utf8') === hashOfSources()
}

/**
 * Builds the interface into `out/renderer` where its sources changed.
 * @param {string} node
 * @throws Error with what the build said
 */
export async function buildRenderer(node) {
  const hash = hashOfSources()
  if (existsSync(hashFile) && readFileSync(hashFile, 'utf8') === hash) return
  const step = startStep('Interface')
  step.update(0, 'building it')
  // Built aside and swapped, so that a server that is running never serves half of it.
  const building = `${output}.building-${process.pid}`
  try {
    await runVite(node, building)
    writeFileSync(join(building, '.build-hash'), hash)
    rmSync(output, { recursive: true, force: true })
    renameSync(building, output)
  } catch (error) {
    step.fail('it could not be built')
    throw error
  } finally {
    rmSync(building, { recursive: true, force: true })
  }
  step.done(relative(checkout, output))
}

function runVite(node, folder) {
  return new Promise((resolve, reject) => {
    const vite = join(checkout, 'node_modules', 'vite', 'bin', 'vite.js')
    if (!existsSync(vite)) return reject(new Error('vite is not installed; run npm ci without --omit=dev'))
    const config = join(checkout, 'src', 'renderer', 'vite.config.ts')
    const args = [
      vite,
      'build',
      '--config',
      config,
      '--outDir',
      folder,
      '--emptyOutDir',
      '--logLevel',
      'warn',
    ]
    const child = spawn(node, args, {
      cwd: checkout,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: environmentOf(node),
    })
    let said = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (said += text))
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`The interface could not be built:\n${said.trim()}`))
    })
  })
}

function hashOfSources() {
  const hash = createHash('sha256')
  for (const source of sources) {
    for (const path of filesUnder(join(checkout, source))) {
      hash
        .update(`${relative(checkout, path)}\0`)
        .update(readFileSync(path))
        .update('\0')
    }
  }
  return hash.digest('hex')
}

function filesUnder(path) {
  let entries
  try {
    entries = readdirSync(path, { withFileTypes: true })
  } catch (error) {
    if (error.code === 'ENOTDIR') return [path]
    throw error
  }
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? filesUnder(join(path, entry.name)) : [join(path, entry.name)]))
}
