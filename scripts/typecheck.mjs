// Checks the types of every layer that has a tsconfig: the renderer with vue-tsc, the others with tsc.
import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { checkout } from './setup/checkout.mjs'
import { environmentOf, findNode } from './setup/runtime.mjs'

const node = findNode()
const layers = readdirSync(join(checkout, 'src')).map((name) => `src/${name}`)
const projects = [...layers, 'tests', 'tests/renderer', 'tests/e2e', 'bench'].filter((folder) =>
  existsSync(join(checkout, folder, 'tsconfig.json')),
)

let failed = 0
const waiting = [...projects]
await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, work))
process.stdout.write(`types: ${projects.length - failed} of ${projects.length} projects are sound\n`)
process.exitCode = failed > 0 ? 1 : 0

async function work() {
  for (let project = waiting.shift(); project; project = waiting.shift()) {
    const said = await check(project)
    if (said === null) continue
    failed++
    process.stdout.write(`${project}:\n${said}\n`)
  }
}

function check(project) {
  const program = /renderer$/.test(project) ? 'vue-tsc/bin/vue-tsc.js' : 'typescript/bin/tsc'
  return new Promise((resolve) => {
    const child = spawn(node, [join(checkout, 'node_modules', program), '--pretty', 'false', '-p', project], {
      cwd: checkout,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: environmentOf(node),
    })
    let said = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (said += text))
    child.on('error', (error) => resolve(error.message))
    child.on('close', (code) => resolve(code === 0 ? null : said.trim()))
  })
}
