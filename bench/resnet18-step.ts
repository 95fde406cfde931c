/**
 * One step of full fine-tuning of ResNet18 with Adam, at 224 pixels in batches of 16 and at 32 in batches of 64, against PyTorch (eager) and
 * Keras (its compiled train step). Each has a process of its own, and they take turns within each round, so that other work on the machine
 * meets all of them; the fastest and the median round are compared. The processor's seconds, of all threads, tell what a step costs where
 * the machine is not alone; peers' threads that wait in a loop count too.
 *
 *     node bench/resnet18-step.ts [rounds [size]]
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { availableParallelism, loadavg } from 'node:os'
import { peerPython, peerScript } from './peers.ts'
import { report } from './thaw.ts'

const settings = [
  { size: 224, batch: 16, classes: 10, steps: 1 },
  { size: 32, batch: 64, classes: 10, steps: 4 },
]
const wantedSize = Number(process.argv[3] ?? NaN)
const rounds = Number(process.argv[2] ?? 7)
/** Of the issue: against PyTorch, against Keras. */
const bounds = { torch: 1, keras: 1.1 } as const

interface Answer {
  readonly package?: string
  readonly seconds?: number
  readonly peakBytes?: number
}

interface Contender {
  readonly name: string
  readonly child: ChildProcess
  readonly ask: (request: object) => Promise<Answer>
}

interface Times {
  readonly wallMs: number[]
  readonly processorMs: number[]
  peakBytes: number
}

function start(name: string, command: string, args: readonly string[]): Contender {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'] })
  const lines = createInterface({ input: child.stdout })
  const ended = once(child, 'exit').then(() => Promise.reject<[string]>(new Error(`${name} ended.`)))
  // Ending by itself, after the last question, is no error.
  ended.catch(() => undefined)
  return {
    name,
    child,
    async ask(request) {
      const answer = once(lines, 'line') as Promise<[string]>
      child.stdin.write(`${JSON.stringify(request)}\n`)
      const [line] = await Promise.race([answer, ended])
      return JSON.parse(line) as Answer
    },
  }
}

/** Seconds of all threads of a process so far, where the system tells. */
function processorSeconds({ child }: Contender): number {
  const path = `/proc/${child.pid}/stat`
  if (!existsSync(path)) return NaN
  const fields = readFileSync(path, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / 100
}

async function race(contenders: readonly Contender[], steps: number): Promise<Map<string, Times>> {
  const times = new Map<string, Times>()
  for (const { name } of contenders) times.set(name, { wallMs: [], processorMs: [], peakBytes: 0 })
  for (let round = 0; round < rounds; round += 1) {
    for (const contender of contenders) {
      const before = processorSeconds(contender)
      const { seconds = NaN, peakBytes = NaN } = await contender.ask({ steps })
      const own = times.get(contender.name) as Times
      own.wallMs.push((seconds / steps) * 1000)
      own.processorMs.push(((processorSeconds(contender) - before) / steps) * 1000)
      own.peakBytes = peakBytes
      // A peer's threads spin for a while after their work.
      await new Promise((resolve) => setTimeout(resolve, 300))
    }
  }
  return times
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? NaN
}

const python = await peerPython()
for (const { steps, ...setting } of settings) {
  if (!Number.isNaN(wantedSize) && setting.size !== wantedSize) continue
  const contenders = [start('thaw', process.execPath, [peerScript('resnet18-step.ts')])]
  if (python !== null) {
    for (const name of ['torch', 'keras']) {
      contenders.push(start(name, python, [peerScript('resnet18-step.py'), name]))
    }
  }
  for (const { ask } of contenders) await ask(setting)
  const times = await race(contenders, steps)
  for (const { child } of contenders) child.stdin?.end()
  const label = `${setting.size} px, batch ${setting.batch}`
  const cores = `${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(1)}`
  for (const [name, { wallMs, processorMs, peakBytes }] of times) {
    const figures = [
      `${Math.min(...wallMs).toFixed(0)} ms a step (median ${median(wallMs).toFixed(0)})`,
      `processor ${Math.min(...processorMs).toFixed(0)} ms (median ${median(processorMs).toFixed(0)})`,
      `peak ${(peakBytes / 2 ** 20).toFixed(0)} MiB`,
    ]
    console.log(`      ${label}, ${name}: ${figures.join(', ')} (${cores})`)
  }
  const own = times.get('thaw') as Times
  let mostBytes = 0
  for (const name of ['torch', 'keras'] as const) {
    const peer = times.get(name)
    if (peer === undefined) continue
    mostBytes = Math.max(mostBytes, peer.peakBytes)
    const ratio = Math.min(...own.wallMs) / Math.min(...peer.wallMs)
    const middle = median(own.wallMs) / median(peer.wallMs)
    const processor = median(own.processorMs) / median(peer.processorMs)
    report(
      `${label}: a step's time against ${name}`,
      `${ratio.toFixed(2)} (median ${middle.toFixed(2)}, processor ${processor.toFixed(2)})`,
      `<= ${bounds[name]}`,
      ratio <= bounds[name],
    )
  }
  if (mostBytes === 0) continue
  const memory = own.peakBytes / mostBytes
  report(`${label}: peak memory against the larger peer`, memory.toFixed(2), '<= 1', memory <= 1)
}
