import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { TrainPlanInput } from '../../../src/contract/train-plan.ts'
import { readManifest } from '../../../src/core/runs/run-files.ts'
import {
  addImages,
  openRunsWorkbench,
  requestsOf,
  splitImages,
  until,
  type RunsWorkbench,
} from './runs-workbench.ts'

let bench: RunsWorkbench
let { of, start, ended } = {} as ReturnType<typeof requestsOf>

beforeEach(() => {
  bench = openRunsWorkbench([
    { when: { seed: 1 }, failure: 'loss-not-finite' },
    { when: { seed: 2 }, epochMs: 10, right: 30 },
    { right: 20 },
  ])
  addImages(bench.project, splitImages())
  ;({ of, start, ended } = requestsOf(bench))
})
afterEach(() => bench.dispose())

const metrics = async (runId: string) => (await of('runs.metrics', { runId })).rows
const epochsIn = async (runId: string) =>
  (await metrics(runId)).filter(({ name }) => name === 'train/loss').map(({ epoch }) => epoch)
const get = async (runId: string) => (await of('runs.get', { runId })).run

/** A run that was cut off by the end of its program after some epochs. */
async function interruptedRun(plan: TrainPlanInput = {}) {
  const runId = await start({ seed: 2, epochs: 10_000, ...plan })
  await until(async () => (await get(runId)).epochsDone >= 2)
  await bench.reopen()
  const run = await get(runId)
  expect(run).toMatchObject({ status: 'interrupted', modelSha256: null })
  return run
}
const setPlan = (runId: string, change: object) =>
  bench.project.database
    .prepare(`UPDATE runs SET plan = json_patch(plan, ?) WHERE number = ?`)
    .run(JSON.stringify(change), Number(runId.slice(1)))

describe('resume', () => {
  it('goes on after the last checkpoint, with one curve', async () => {
    const { id: runId, epochsDone } = await interruptedRun()
    setPlan(runId, { epochs: epochsDone + 2 })
    const { run, notices } = await of('runs.resume', { runId })
    expect(run).toMatchObject({ id: runId, status: 'running', error: null, endedAt: null })
    // The drawn pictures of this test are no files.
    expect(notices.map(({ code }) => code)).toEqual(['images-gone'])
    const after = await ended(runId)
    expect(after).toMatchObject({ status: 'completed', epochsDone: epochsDone + 2, error: null })
    const { resumedFromEpoch } = after
    expect(resumedFromEpoch).toBeGreaterThanOrEqual(epochsDone)
    expect(await epochsIn(runId)).toEqual(Array.from({ length: epochsDone + 2 }, (_, index) => index + 1))
    const rows = await metrics(runId)
    const seqs = rows.map(({ seq }) => seq)
    expect(seqs).toEqual(seqs.toSorted((a, b) => a - b))
    expect(new Set(seqs).size).toBe(seqs.length)
    expect(rows.find(({ name }) => name === 'resumed')).toMatchObject({ value: resumedFromEpoch })
  })

  it('has the epochs of the checkpoint that were not stored before the program died', async () => {
    const { id: runId, epochsDone } = await interruptedRun()
    const { database } = bench.project
    database.prepare('DELETE FROM metrics WHERE run_number = ? AND epoch > 1').run(Number(runId.slice(1)))
    expect(await epochsIn(runId)).toEqual([1])
    setPlan(runId, { epochs: epochsDone + 2 })
    await of('runs.resume', { runId })
    await ended(runId)
    expect(await epochsIn(runId)).toEqual(Array.from({ length: epochsDone + 2 }, (_, index) => index + 1))
    const seqs = (await metrics(runId)).map(({ seq }) => seq)
    expect(seqs).toEqual(seqs.toSorted((a, b) => a - b))
  })

  it('takes back the epochs that no checkpoint holds, and tells clients where', async () => {
    const { id: runId, epochsDone } = await interruptedRun()
    rmSync(join(bench.project.folders.runs, runId, 'epochs.json'))
    const before = await metrics(runId)
    setPlan(runId, { epochs: 2 })
    await of('runs.resume', { runId })
    expect(await ended(runId)).toMatchObject({ status: 'completed', epochsDone: 2, resumedFromEpoch: 0 })
    expect(epochsDone).toBeGreaterThanOrEqual(2)
    expect(await epochsIn(runId)).toEqual([1, 2])
    const rows = await metrics(runId)
    // No number is given twice: whoever has the old rows hears of all the new ones.
    expect(rows[0]).toMatchObject({ name: 'resumed', value: 0 })
    expect(rows[0]!.seq).toBeGreaterThan(before.at(-1)!.seq)
  })

  it('takes up failed and stopped runs, and those taken out of the queue', async () => {
    const failed = await start({ seed: 1 })
    expect(await ended(failed)).toMatchObject({ status: 'failed', error: { code: 'loss-not-finite' } })
    const stopped = await start({ seed: 2, epochs: 10_000 })
    await until(async () => (await get(stopped)).epochsDone > 0)
    const withdrawn = await start({ epochs: 3 })
    for (const runId of [withdrawn, stopped]) await of('runs.stop', { runId })
    await ended(stopped)
    await of('runs.pauseQueue', { paused: true })
    for (const runId of [failed, stopped, withdrawn]) {
      expect((await of('runs.resume', { runId })).run).toMatchObject({ status: 'queued', error: null })
      await expect(of('runs.resume', { runId })).rejects.toMatchObject({ code: 'run-not-resumable' })
    }
    expect((await of('runs.queue', {})).runIds).toEqual([failed, stopped, withdrawn])
    await of('runs.cancel', { runId: stopped })
    await of('runs.pauseQueue', { paused: false })
    expect(await ended(withdrawn)).toMatchObject({ status: 'completed', resumedFromEpoch: 0 })
  })

  it('refuses what is completed or at work, and twice at once', async () => {
    const runId = await start()
    await expect(of('runs.resume', { runId })).rejects.toMatchObject({ code: 'run-not-resumable' })
    await ended(runId)
    await expect(of('runs.resume', { runId })).rejects.toMatchObject({
      code: 'run-not-resumable',
      message: expect.stringContaining('higher number of epochs'),
    })
    const failed = await start({ seed: 1 })
    await ended(failed)
    const both = await Promise.allSettled([1, 2].map(() => of('runs.resume', { runId: failed })))
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  it('sees the images it saw at first, whatever was labelled since', async () => {
    const { id: runId, epochsDone, datasetVersion, counts } = await interruptedRun()
    addImages(bench.project, [{ name: 'new.jpg', class: 'cat', split: 'train' }])
    bench.project.database.prepare("UPDATE images SET split = 'test'").run()
    setPlan(runId, { epochs: epochsDone + 1 })
    await of('runs.resume', { runId })
    expect(await ended(runId)).toMatchObject({ datasetVersion, counts, classes: ['ant', 'bee'] })
    expect(readManifest(bench.project, Number(runId.slice(1))).images).toHaveLength(60)
  })

  it('finds images where they lie now, and names those that are gone', async () => {
    const { id: runId, epochsDone } = await interruptedRun()
    const folder = join(bench.folder, 'moved')
    mkdirSync(folder)
    const { database } = bench.project
    const images = database.prepare('SELECT id, relative_path AS name FROM images ORDER BY id').all() as {
      id: number
      name: string
    }[]
    for (const { id, name } of images.slice(0, 58)) {
      const path = join(folder, name.replace('/', '-'))
      writeFileSync(path, '')
      database.prepare('UPDATE images SET path = ? WHERE id = ?').run(path, id)
    }
    setPlan(runId, { epochs: epochsDone + 1 })
    const { notices } = await of('runs.resume', { runId })
    expect(notices).toMatchObject([
      { code: 'images-gone', details: { images: 2, paths: ['/nowhere/bee/28.jpg', '/nowhere/bee/29.jpg'] } },
    ])
    const { images: listed } = readManifest(bench.project, 1)
    expect(listed.filter(({ path }) => path.startsWith(folder))).toHaveLength(58)
  })

  it('wants the weights it began with', async () => {
    const { id: runId } = await interruptedRun()
    bench.project.database.prepare('UPDATE runs SET weights_sha256 = ?').run('0'.repeat(64))
    await expect(of('runs.resume', { runId })).rejects.toMatchObject({
      code: 'weights-missing',
      message: expect.stringContaining('0000'),
    })
    expect((await get(runId)).status).toBe('interrupted')
  })

  it('says what is missing where its list of images is damaged', async () => {
    const { id: runId } = await interruptedRun()
    writeFileSync(join(bench.project.folders.runs, runId, 'manifest.json'), '{')
    await expect(of('runs.resume', { runId })).rejects.toMatchObject({ code: 'project-damaged' })
  })

  it('knows the plan of a run from before a setting was there', async () => {
    const { id: runId, epochsDone } = await interruptedRun()
    const old = { backbone: 'efficientnet-lite0', mode: 'feature-extraction', epochs: epochsDone + 1 }
    bench.project.database.prepare('UPDATE runs SET plan = ?').run(JSON.stringify(old))
    await of('runs.resume', { runId })
    expect(await ended(runId)).toMatchObject({ status: 'completed', plan: { ...old, phases: [], mixup: 0 } })
  })
})

describe('extend', () => {
  it('trains a finished run for more epochs, in all so many', async () => {
    const runId = await start({ epochs: 2 })
    const before = await ended(runId)
    await expect(of('runs.extend', { runId, epochs: 2 })).rejects.toMatchObject({ code: 'run-not-resumable' })
    const { run } = await of('runs.extend', { runId, epochs: 5 })
    expect(run).toMatchObject({ id: runId, plan: { ...before.plan, epochs: 5 } })
    const after = await ended(runId)
    expect(after).toMatchObject({ status: 'completed', epochsDone: 5, resumedFromEpoch: 2 })
    expect(after.modelSha256).not.toBe(before.modelSha256)
    expect(await epochsIn(runId)).toEqual([1, 2, 3, 4, 5])
  })

  it('lengthens or shortens the last phase, and never one before it', async () => {
    const phases = [
      { epochs: 2, freeze: { kind: 'all' as const } },
      { epochs: 9998, freeze: { kind: 'none' as const } },
    ]
    const { id: runId, epochsDone } = await interruptedRun({ mode: 'fine-tune', phases })
    expect(epochsDone).toBeGreaterThanOrEqual(2)
    const epochs = epochsDone + 3
    const { run } = await of('runs.extend', { runId, epochs })
    expect(run.plan).toMatchObject({ epochs, phases: [phases[0], { ...phases[1], epochs: epochs - 2 }] })
    await ended(runId)

    setPlan(runId, {
      epochs: 10_000,
      phases: [
        { ...phases[0], epochs: 9000 },
        { ...phases[1], epochs: 1000 },
      ],
    })
    await expect(of('runs.extend', { runId, epochs: 9000 })).rejects.toMatchObject({
      code: 'plan-invalid',
      details: { setting: 'epochs' },
    })
  })

  it('refuses epochs that other settings do not fit into', async () => {
    const { id: runId, epochsDone } = await interruptedRun({ warmUpEpochs: 500 })
    await expect(of('runs.extend', { runId, epochs: epochsDone + 1 })).rejects.toMatchObject({
      code: 'plan-invalid',
      details: { setting: 'warmUpEpochs' },
    })
    expect(await get(runId)).toMatchObject({ status: 'interrupted', plan: { epochs: 10_000 } })
  })
})
