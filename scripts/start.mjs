// `npm start`: sets up what is missing and opens the app with the sample project, in Electron where its program is
// here or can be had, else in the browser.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { checkout } from './setup/checkout.mjs'
import { buildShell, ensureElectron } from './setup/electron.mjs'
import { ensureNativeEngine } from './setup/native-engine.mjs'
import { buildRenderer } from './setup/renderer.mjs'
import { environmentOf, findNode } from './setup/runtime.mjs'

try {
  const node = findNode()
  await ensureNativeEngine(node, { retry: true })
  await buildRenderer(node)
  const project = await ensureSample(node)
  const { program, reason } = await ensureElectron(node)
  if (program) {
    await buildShell(node)
    hand(program, ['.', project], node)
  } else {
    process.stderr.write(`Electron cannot open here (${reason}): the same interface opens in your browser.\n`)
    hand(node, [join(checkout, 'src/headless/main.ts'), 'serve', project, '--open'], node)
  }
} catch (error) {
  process.stderr.write(`thaw: ${error.message}\n`)
  process.exitCode = 1
}

/** Makes the sample project where there is none yet. */
async function ensureSample(node) {
  const project = join(findDataFolder(node), 'Sample.thaw')
  if (existsSync(join(project, 'project.sqlite'))) return project
  const { status } = spawnSync(node, [join(checkout, 'src/headless/main.ts'), 'sample', project], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: environmentOf(node),
  })
  if (status !== 0) throw new Error(`the sample project could not be made in ${project}`)
  return project
}

/** Asks the program itself, which is TypeScript that this Node may not read. */
function findDataFolder(node) {
  const module = new URL('../src/core/host/data-folder.ts', import.meta.url).href
  const program = `import { dataFolder } from ${JSON.stringify(module)}; process.stdout.write(dataFolder())`
  const { stdout, stderr, status } = spawnSync(node, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr.trim().split('\n').at(-1))
  return stdout
}

function hand(program, args, node) {
  const child = spawn(program, args, { cwd: checkout, stdio: 'inherit', env: environmentOf(node) })
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  // The terminal sent it to the child too.
  process.on('SIGINT', () => {})
  child.on('error', (error) => {
    process.stderr.write(`thaw: ${program} could not be started: ${error.message}\n`)
    process.exitCode = 1
  })
  child.on('close', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)))
}
