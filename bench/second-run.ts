/**
 * A second run on the same images with another head, rate and seed: how soon it trains. A first run on drawn images fills the cache of
 * features; then `thaw train` is started again and again, and a core that stays open, as the app's does, starts runs too.
 *
 *     node bench/second-run.ts [--images 10000] [--repeats 3] [--idle-seconds 5]
 */
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { EventPayload } from '../src/contract/events.ts'
import { trainPlanSchema } from '../src/contract/train-plan.ts'
import type { Core } from '../src/core/create-core.ts'
import { createHeadlessCore } from '../src/headless/host.ts'
import { benchOptions } from './options.ts'
import { report, runCommand, thaw, thawBin, withTemporaryFolder } from './thaw.ts'

interface TrainResult {
  epochs: { seconds: number }[]
  seconds: { features: number; training: number; total: number }
}
/** Seconds from the command, or the request. */
interface Start {
  firstBatch: number
  firstEpoch: number
}

const commandBound = 3
const appBound = 0.5
const inputSize = 64
const options = benchOptions({ images: 10_000, repeats: 3, 'idle-seconds': 5 })
const { images, repeats } = options

/**
 * From the start of the process to the line of its first epoch; less the epoch's own training pass, which it tells, that is when the epoch
 * began, or a little after it, as validation lies between.
 */
async function startOfCommand(project: string, seed: number): Promise<{ begun: number; firstEpoch: number }> {
  let firstEpoch = NaN
  const plan = ['--head', '256:relu,dropout:0.2', '--lr', '3e-4', '--seed', String(seed), '--epochs', '2']
  const args = [thawBin, 'train', project, ...plan, '--input-size', String(inputSize), '--json']
  const { value } = await runCommand(process.execPath, args, {
    onLine(line, seconds) {
      if (Number.isNaN(firstEpoch) && line.startsWith('epoch ')) firstEpoch = seconds
    },
  })
  const [epoch] = (JSON.parse(value) as TrainResult).epochs
  return { begun: firstEpoch - (epoch?.seconds ?? NaN), firstEpoch }
}

/** From the request to the first rows of a batch and of an epoch that it publishes. */
async function startInApp(core: Core, projectId: string, seed: number): Promise<Start> {
  const plan = trainPlanSchema.parse({
    head: '128:relu',
    learningRate: 2e-3,
    seed,
    epochs: 2,
    inputSize,
  })
  const times: Start = { firstBatch: NaN, firstEpoch: NaN }
  const start = performance.now()
  const unsubscribe = core.subscribe((name, payload) => {
    if (name !== 'runs.metricLogged') return
    const seconds = (performance.now() - start) / 1000
    for (const row of (payload as EventPayload<'runs.metricLogged'>).rows) {
      if (row.name === 'batch/loss' && Number.isNaN(times.firstBatch)) times.firstBatch = seconds
      if (row.name === 'train/loss' && Number.isNaN(times.firstEpoch)) times.firstEpoch = seconds
    }
  })
  try {
    const { run } = await core.request('runs.start', { projectId, plan })
    const ended = await core.request('runs.wait', { projectId, runId: run.id })
    if (ended.status !== 'completed') throw new Error(`${run.id} is ${ended.status}: ${ended.error?.message}`)
    return times
  } finally {
    unsubscribe()
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (index: number): number => sorted[index] ?? NaN
  return (at(Math.floor((sorted.length - 1) / 2)) + at(Math.ceil((sorted.length - 1) / 2))) / 2
}

function list(values: readonly number[]): string {
  return values.map((value) => value.toFixed(2)).join(', ')
}

await withTemporaryFolder(async (folder) => {
  process.env.THAW_HOME = join(folder, 'home')
  const project = join(folder, 'bench.thaw')
  await thaw('sample', project, '--images', String(images), '--size', String(inputSize))
  const first = await thaw<TrainResult>('train', project, '--input-size', String(inputSize), '--epochs', '1')
  console.log(
    `the first run on ${images} images: ${first.seconds.toFixed(1)} s, of them features ${first.value.seconds.features.toFixed(1)} s`,
  )

  const commands: { begun: number; firstEpoch: number }[] = []
  for (let turn = 1; turn <= repeats; turn += 1) commands.push(await startOfCommand(project, turn))
  const begun = commands.map((start) => start.begun)
  console.log(`thaw train: first epoch begins after ${list(begun)} s`)
  console.log(`thaw train: first epoch ends after ${list(commands.map((start) => start.firstEpoch))} s`)

  // As the app and `thaw serve` have it: it keeps a trainer warm.
  const { core } = createHeadlessCore({ host: 'browser' })
  const inApp: Start[] = []
  try {
    const { id } = await core.request('projects.open', { path: project })
    for (let turn = 1; turn <= repeats; turn += 1) {
      // As a person looks at the last run before the next one: what core prepares in the meantime is prepared.
      await delay(options['idle-seconds'] * 1000)
      inApp.push(await startInApp(core, id, 100 + turn))
    }
  } finally {
    await core.close()
  }
  const batches = inApp.map((start) => start.firstBatch)
  console.log(`core kept open: first batch after ${list(batches)} s`)
  console.log(`core kept open: first epoch ends after ${list(inApp.map((start) => start.firstEpoch))} s`)

  const command = median(begun)
  report(
    `second run, ${images} images: command to first epoch`,
    `${command.toFixed(2)} s`,
    `<= ${commandBound} s`,
    command <= commandBound,
  )
  const app = median(batches)
  report(
    'the same in the app: request to first batch',
    `${app.toFixed(2)} s`,
    `<= ${appBound} s`,
    app <= appBound,
  )
})
