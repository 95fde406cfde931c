import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { trainPlanSchema } from '../../../src/contract/train-plan.ts'
import {
  addImages,
  openRunsWorkbench,
  requestsOf,
  splitImages,
  until,
  type RunsWorkbench,
} from './runs-workbench.ts'

let bench: RunsWorkbench
let { of, start, statusOf, ended } = {} as ReturnType<typeof requestsOf>
const slow = { epochs: 10_000 }

beforeEach(() => {
  bench = openRunsWorkbench([{ when: { epochs: 10_000 }, epochMs: 10 }, { right: 20 }])
  addImages(bench.project, splitImages())
  ;({ of, start, statusOf, ended } = requestsOf(bench))
})
afterEach(() => bench.dispose())

const order = async () => (await of('runs.queue', {})).runIds
const epochsOf = async (runId: string) => (await of('runs.get', { runId })).run.epochsDone

describe('the queue', () => {
  it('trains one run after another, in the order they came', async () => {
    const runs = [await start(), await start(), await start()]
    expect(await order()).toEqual(runs.slice(1))
    const all = await Promise.all(runs.map(ended))
    expect(all.map(({ status }) => status)).toEqual(['completed', 'completed', 'completed'])
    for (const [before, after] of [all.slice(0, 2), all.slice(1)]) {
      expect(after!.startedAt).toBeGreaterThanOrEqual(before!.endedAt!)
    }
  })

  it('trains waiting runs in the order they are put in; those not named come after them', async () => {
    await start(slow)
    const [a, b, c, d] = [await start(), await start(), await start(), await start()]
    expect(await of('runs.reorder', { runIds: [d, b, d] })).toEqual({ runIds: [d, b, a, c] })
    expect(bench.events.at(-1)).toMatchObject({
      name: 'runs.queueChanged',
      payload: { runIds: [d, b, a, c], paused: false },
    })
    await expect(of('runs.reorder', { runIds: ['r99'] })).rejects.toMatchObject({ code: 'run-not-found' })
    await of('runs.cancel', { runId: 'r1' })
    const all = await Promise.all([d, b, a, c].map(ended))
    const startedAt = all.map((run) => run.startedAt!)
    expect(startedAt).toEqual(startedAt.toSorted((one, other) => one - other))
  })

  it('leaves the turns of other projects alone when one puts its runs in order', async () => {
    const other = bench.context.projects.create(`${bench.folder}/other.thaw`)
    addImages(other, splitImages())
    const startOther = async () => {
      const plan = trainPlanSchema.parse({})
      return (await bench.runs.handlers['runs.start']({ projectId: other.id, plan, name: undefined })).run.id
    }
    await start(slow)
    const mine = [await start(), await start()]
    const theirs = [await startOther()]
    mine.push(await start())
    await of('runs.reorder', { runIds: mine.toReversed() })
    expect(await order()).toEqual(mine.toReversed())
    expect(bench.runs.handlers['runs.queue']({ projectId: other.id })).toMatchObject({ runIds: theirs })
    await of('runs.cancel', { runId: 'r1' })
    const run = await bench.runs.handlers['runs.wait']({ projectId: other.id, runId: theirs[0]! })
    const [first, second, third] = await Promise.all(mine.toReversed().map(ended))
    // Its turn was the third of four.
    expect(run.startedAt).toBeGreaterThanOrEqual(second!.endedAt!)
    expect(third!.startedAt).toBeGreaterThanOrEqual(run.endedAt!)
    expect(first!.status).toBe('completed')
  })

  it('begins no run while it is paused, and lets the one that trains go on', async () => {
    const training = await start(slow)
    const waiting = await start()
    await of('runs.pauseQueue', { paused: true })
    await of('runs.stop', { runId: training })
    expect((await ended(training)).status).toBe('stopped')
    expect(await statusOf(waiting)).toBe('queued')
    expect(await of('runs.queue', {})).toEqual({ paused: true, runIds: [waiting] })
    await of('runs.pauseQueue', { paused: false })
    expect((await ended(waiting)).status).toBe('completed')
  })
})

describe('a run that trains', () => {
  it('waits while it is paused, keeping its turn, and goes on', async () => {
    const runId = await start(slow)
    const next = await start()
    await until(async () => (await epochsOf(runId)) > 0)
    expect(await of('runs.pause', { runId })).toMatchObject({ status: 'paused' })
    await expect(of('runs.pause', { runId })).rejects.toMatchObject({ code: 'run-not-active' })
    await new Promise((resolve) => setTimeout(resolve, 50))
    const epochs = await epochsOf(runId)
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect(await epochsOf(runId)).toBe(epochs)
    expect(await statusOf(next)).toBe('queued')
    expect(await of('runs.continue', { runId })).toMatchObject({ status: 'running' })
    await until(async () => (await epochsOf(runId)) > epochs)
    await expect(of('runs.continue', { runId })).rejects.toMatchObject({ code: 'run-not-active' })
  })

  it.each([
    ['stopped, with a model', 'runs.stop', true],
    ['cancelled, without one', 'runs.cancel', false],
  ] as const)('can be %s, while it is paused', async (_what, request, withModel) => {
    const runId = await start(slow)
    await until(async () => (await epochsOf(runId)) > 0)
    await of('runs.pause', { runId })
    await of(request, { runId })
    const run = await ended(runId)
    expect(run).toMatchObject({ status: 'stopped', error: null })
    expect(run.modelSha256 !== null).toBe(withModel)
  })

  it('counts as interrupted when the project is closed while it is paused', async () => {
    const runId = await start(slow)
    await until(async () => (await epochsOf(runId)) > 0)
    await of('runs.pause', { runId })
    await bench.reopen()
    expect(await statusOf(runId)).toBe('interrupted')
    expect(await of('runs.queue', {})).toEqual({ paused: false, runIds: [] })
  })

  it('cannot be paused before its turn, or after its end', async () => {
    const first = await start(slow)
    const second = await start()
    await expect(of('runs.pause', { runId: second })).rejects.toMatchObject({
      code: 'run-not-active',
      message: expect.stringContaining('queued'),
    })
    await of('runs.cancel', { runId: first })
    await ended(first)
    for (const request of ['runs.pause', 'runs.continue', 'runs.cancel', 'runs.stop'] as const) {
      await expect(of(request, { runId: first })).rejects.toMatchObject({ code: 'run-not-active' })
    }
  })
})

it('offers half of the batch to a run that ran out of memory, and trains the next one', async () => {
  await bench.dispose()
  bench = openRunsWorkbench([{ when: { batchSize: 32 }, failure: 'out-of-memory' }, { right: 20 }])
  addImages(bench.project, splitImages())
  ;({ of, start, ended } = requestsOf(bench))
  const [large, small] = [await start(), await start({ batchSize: 16 })]
  expect(await ended(large)).toMatchObject({
    status: 'failed',
    epochsDone: 1,
    error: { code: 'out-of-memory', details: { batchSize: 32, suggestedBatchSize: 16 } },
  })
  expect(await ended(small)).toMatchObject({ status: 'completed', error: null })
})
