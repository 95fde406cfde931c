// `npm run test:long`: the tests whose full counts take too long for each commit. What they report is kept in docs/long-tests.md.
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { checkout } from './setup/checkout.mjs'
import { ensureNativeEngine } from './setup/native-engine.mjs'
import { environmentOf, findNode } from './setup/runtime.mjs'

const vitest = join('node_modules', 'vitest', 'vitest.mjs')
/** Each prints lines of `ok` or `MISS`, name, figure and bound, two spaces or more between them. */
const steps = [
  [vitest, 'run', '--disableConsoleIntercept', join('tests', 'core', 'weights', 'mutated-files.test.ts')],
  [join('bench', 'trainer-kills.ts'), '100'],
  [join('bench', 'core-kills.ts'), '300'],
]

const node = findNode()
await ensureNativeEngine(node, { retry: true })
const rows = []
for (const step of steps) {
  const start = performance.now()
  const { code, reports } = await run(step)
  const minutes = ((performance.now() - start) / 60_000).toFixed(1)
  const name = step.find((part) => part.endsWith('.ts'))
  if (code !== 0 && !reports.some(({ holds }) => !holds)) {
    reports.push({ holds: false, name, figure: `ended with ${code}`, bound: '0' })
  }
  rows.push(...reports.map((report) => ({ ...report, command: `${name}, ${minutes} min` })))
}

const failed = rows.filter(({ holds }) => !holds).length
const table = [['', 'what', 'figure', 'bound', 'by'], Array(5).fill('---')]
for (const { holds, name, figure, bound, command } of rows) {
  table.push([holds ? 'holds' : '**misses**', name, figure, bound, command])
}
const machine = `${cpus().length} cores of ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${await version()}`
const text = [
  '# Long tests',
  `What \`npm run test:long\` reported on ${new Date().toISOString().slice(0, 10)}: ${machine}.`,
  table.map((cells) => `| ${cells.join(' | ')} |`).join('\n'),
]
writeFileSync(join(checkout, 'docs', 'long-tests.md'), `${text.join('\n\n')}\n`)
process.stdout.write(`${rows.length - failed} hold, ${failed} do not\n`)
process.exitCode = failed > 0 ? 1 : 0

async function run(args) {
  const child = spawn(node, args, {
    cwd: checkout,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...environmentOf(node), THAW_LONG_TESTS: '1' },
  })
  const reports = []
  createInterface({ input: child.stdout }).on('line', (line) => {
    process.stdout.write(`${line}\n`)
    const [, mark, rest] = /^(ok|MISS) {2,}(.+)$/.exec(line) ?? []
    if (mark === undefined) return
    const [name, figure, bound] = rest.split(/ {2,}/)
    reports.push({ holds: mark === 'ok', name, figure, bound })
  })
  const code = await new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  return { code, reports }
}

function version() {
  return new Promise((resolve) => {
    const child = spawn(node, ['--version'], { stdio: ['ignore', 'pipe', 'inherit'] })
    child.stdout.on('data', (chunk) => resolve(String(chunk).trim()))
  })
}
