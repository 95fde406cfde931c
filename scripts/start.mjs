// `npm start`: sets up what is missing and opens the app with the sample project, in Electron where its program is
// here or can be had, else in the browser.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { checkout } from './setup/checkout.mjs'
import { buildShell, ensureElectron } from './setup/electron.mjs'
import { exitWithParent, handOver } from './setup/hand-over.mjs'
import { ensureNativeEngine } from './setup/native-engine.mjs'
import { buildRenderer } from './setup/renderer.mjs'
import { environmentOf, findNode } from './setup/runtime.mjs'

try {
  const node = findNode()
  await ensureNativeEngine(node, { retry: true })
  await buildRenderer(node)
  const project = await ensureSample(node)
  const { program: electron, reason } = await ensureElectron(node)
  if (electron) {
    await buildShell(node)
    handOver(electron, ['.', project], { cwd: checkout, env: environmentOf(node) })
  } else {
    process.stderr.write(`Electron cannot open here (${reason}): the same interface opens in your browser.\n`)
    const program = join(checkout, 'src/headless/main.ts')
    handOver(node, [...exitWithParent, program, 'serve', project, '--open'], { env: environmentOf(node) })
  }
} catch (error) {
  process.stderr.write(`thaw: ${error.message}\n`)
  process.exitCode = 1
}

/** Makes the sample project where there is none yet. */
async function ensureSample(node) {
  const project = join(findDataFolder(node), 'Sample.thaw')
  if (existsSync(join(project, 'project.sqlite'))) return project
  const { status } = spawnSync(node, [join(checkout, 'src/headless/main.ts'), 'sample', project, '--flaws'], {
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
