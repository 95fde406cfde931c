import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { type MetricRow } from '../../../src/contract/entities.ts'
import { trainPlanSchema, type TrainPlanInput } from '../../../src/contract/train-plan.ts'
import { manifestSchema } from '../../../src/contract/jobs.ts'
import { readDatasetVersion } from '../../../src/core/runs/dataset-version.ts'
import { readMetrics } from '../../../src/core/runs/metric-log.ts'
import { addImages, imagesOf, openRunsWorkbench, until, type RunsWorkbench } from './runs-workbench.ts'

let bench: RunsWorkbench
afterEach(() => bench.dispose())

const request = () => bench.runs.handlers
const projectId = () => bench.project.id
const start = (plan: TrainPlanInput = {}, name?: string) =>
  request()['runs.start']({ projectId: projectId(), plan: trainPlanSchema.parse(plan), name })
const get = async (runId: string) => (await request()['runs.get']({ projectId: projectId(), runId })).run
const metrics = async (runId: string, afterSeq = -1) =>
  (await request()['runs.metrics']({ projectId: projectId(), runId, afterSeq })).rows

describe('starting a run', () => {
  it('makes a split, freezes what the run sees, and writes its files', async () => {
    bench = openRunsWorkbench('never-ends')
    addImages(bench.project, imagesOf(['wasp', 'ant', 'a "bee"\n,'], 20))
    const { run, notices } = await start()

    expect(notices.map(({ code }) => code)).toEqual(['split-made'])
    expect(run).toMatchObject({ id: 'r1', status: 'running', classes: ['a "bee"\n,', 'ant', 'wasp'] })
    const { train, validation, test } = run.counts
    expect(train + validation + test).toBe(60)
    expect([validation, test]).toEqual([9, 9])

    const folder = join(bench.project.folders.runs, 'r1')
    const manifest = manifestSchema.parse(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')))
    expect(manifest.images).toHaveLength(60)
    const paths = manifest.images.map(({ relativePath }) => relativePath)
    expect(paths).toEqual([...paths].sort())
    expect(JSON.parse(readFileSync(join(folder, 'plan.json'), 'utf8'))).toMatchObject({
      run: 'r1',
      plan: run.plan,
      weights: { backbone: 'efficientnet-lite0' },
    })
    const lines = readDatasetVersion(bench.project, run.datasetVersion)
    expect(lines).toEqual(
      manifest.images.map(({ sha256, classIndex, split }) => ({
        sha256,
        class: manifest.classes[classIndex],
        split,
      })),
    )
  })

  it('names equal data by an equal hash in another project, whatever the order of arrival', async () => {
    const images = imagesOf(['ant', 'bee'], 6).map((image, index) => ({
      ...image,
      split: (['train', 'validation', 'test'] as const)[index % 3],
    }))
    const hashes: string[] = []
    for (const order of [images, [...images].reverse()]) {
      bench = openRunsWorkbench('never-ends')
      addImages(bench.project, order)
      hashes.push((await start()).run.datasetVersion)
      if (hashes.length === 1) await bench.dispose()
    }
    expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/)
    expect(hashes[1]).toBe(hashes[0])
  })

  it('gives a version another hash when one label changes, and keeps the first', async () => {
    bench = openRunsWorkbench('never-ends')
    const [first] = addImages(bench.project, imagesOf(['ant', 'bee'], 10))
    const before = (await start()).run
    bench.project.database
      .prepare(
        "UPDATE annotations SET class_id = (SELECT id FROM classes WHERE name = 'bee') WHERE image_id = ?",
      )
      .run(first)
    const after = (await start()).run
    expect(after.datasetVersion).not.toBe(before.datasetVersion)
    expect(
      readDatasetVersion(bench.project, before.datasetVersion).filter((line) => line.class === 'ant'),
    ).toHaveLength(10)
    expect(
      readDatasetVersion(bench.project, after.datasetVersion).filter((line) => line.class === 'ant'),
    ).toHaveLength(9)
  })

  it('refuses what cannot be trained, and stores nothing', async () => {
    bench = openRunsWorkbench('never-ends')
    await expect(start()).rejects.toMatchObject({ code: 'too-few-images' })
    addImages(bench.project, [...imagesOf(['ant'], 5), { name: 'x.jpg', class: null }])
    await expect(start()).rejects.toMatchObject({
      code: 'too-few-classes',
      message: expect.stringContaining("'ant'"),
    })
    addImages(bench.project, imagesOf(['bee'], 5))
    await expect(start({ backbone: 'resnet' })).rejects.toMatchObject({ code: 'backbone-not-found' })
    await expect(start({ head: '512:tanh' })).rejects.toMatchObject({ code: 'plan-invalid' })
    await expect(start({ freeze: { kind: 'until', layer: '_bn7' } })).rejects.toMatchObject({
      code: 'layer-not-found',
      message: expect.stringContaining('_bn1'),
    })
    await expect(start({ freeze: { kind: 'glob', pattern: 'conv5*' } })).rejects.toMatchObject({
      code: 'plan-invalid',
    })

    expect((await request()['runs.list']({ projectId: projectId() })).runs).toEqual([])
    expect(existsSync(join(bench.project.folders.runs, 'r1'))).toBe(false)
    const split = bench.project.database
      .prepare('SELECT count(*) FROM images WHERE split IS NOT NULL')
      .pluck()
      .get()
    expect(split).toBe(0)
  })

  it('refuses splits that leave nothing to learn from', async () => {
    bench = openRunsWorkbench('never-ends')
    addImages(bench.project, [
      { name: 'a1', class: 'ant', split: 'train' },
      { name: 'a2', class: 'ant', split: 'train' },
      { name: 'b1', class: 'bee', split: 'validation' },
    ])
    await expect(start()).rejects.toMatchObject({ code: 'too-few-classes' })
    bench.project.database.prepare("UPDATE images SET split = 'test'").run()
    await expect(start()).rejects.toMatchObject({ code: 'too-few-images' })
  })

  it('waits until an import has read the labelled images', async () => {
    bench = openRunsWorkbench('never-ends')
    addImages(bench.project, imagesOf(['ant', 'bee'], 10))
    const [pending] = addImages(bench.project, [{ name: 'late.jpg', class: 'ant', status: 'pending' }])
    const started = Promise.resolve(start())
    let settled = false
    void started.then(() => (settled = true))
    await delay(400)
    expect(settled).toBe(false)
    bench.project.database
      .prepare("UPDATE images SET status = 'ready', sha256 = ? WHERE id = ?")
      .run('f'.repeat(64), pending)
    const { run, notices } = await started
    expect(notices[0]).toMatchObject({ code: 'waited-for-import' })
    expect(readDatasetVersion(bench.project, run.datasetVersion)).toHaveLength(21)
  })

  it('knows a run by its id alone, and says which there are', async () => {
    bench = openRunsWorkbench('never-ends')
    await expect(get('r1')).rejects.toMatchObject({ code: 'run-not-found' })
    addImages(bench.project, imagesOf(['ant', 'bee'], 10))
    await start()
    await expect(get('7')).rejects.toMatchObject({
      code: 'run-not-found',
      message: expect.stringContaining('r1'),
    })
  })
})

describe('a run that trains', () => {
  it('has its metric rows in the database before anyone hears of them, numbered without gaps', async () => {
    bench = openRunsWorkbench('half-way')
    addImages(bench.project, imagesOf(['ant', 'bee'], 10))
    const heard: MetricRow[] = []
    const missingAtEvent: number[] = []
    bench.onEvent = ({ name, payload }) => {
      if (name !== 'runs.metricLogged') return
      const { rows } = payload as { rows: MetricRow[] }
      const stored = new Set(readMetrics(bench.project, 1, -1).map(({ seq }) => seq))
      missingAtEvent.push(...rows.map(({ seq }) => seq).filter((seq) => !stored.has(seq)))
      heard.push(...rows)
    }
    const { run } = await start()
    await until(async () => (await get(run.id)).epochsDone === 2)
    expect(missingAtEvent).toEqual([])
    expect(heard.map(({ seq }) => seq)).toEqual(heard.map((_, index) => index))
    // Two values a batch, six an epoch.
    expect(heard).toHaveLength(2 * (5 * 2 + 6))
    expect(await metrics(run.id)).toEqual(heard)
    expect(
      heard.filter(({ name }) => name === 'validation/accuracy').map(({ epoch, value }) => [epoch, value]),
    ).toEqual([
      [1, 0.25],
      [2, 0.25],
    ])
    // A client that lost its connection after seq 12.
    expect(await metrics(run.id, 12)).toEqual(heard.slice(13))
    expect(await get(run.id)).toMatchObject({ engine: 'cpu', device: 'a device', trainableParameters: 10 })
  })

  it('keeps what it says of the images it follows: the latest, and the true class over the epochs as curves', async () => {
    bench = openRunsWorkbench([{}])
    addImages(bench.project, imagesOf(['ant', 'bee'], 10))
    const { run } = await start({ epochs: 3 })
    await request()['runs.wait']({ projectId: projectId(), runId: run.id })
    const { samples } = await request()['runs.get']({ projectId: projectId(), runId: run.id })
    expect(samples?.epoch).toBe(3)
    expect(samples?.samples).toHaveLength(2)
    for (const { truth, predicted, truthProbability } of samples?.samples ?? []) {
      expect(predicted).toBe('ant')
      expect(truthProbability).toBe(truth === 'ant' ? 0.75 : 0.25)
    }
    const told = bench.events.flatMap(({ name, payload }) =>
      name === 'runs.samples' ? [(payload as { samples: { epoch: number } }).samples.epoch] : [],
    )
    expect(told).toEqual([1, 2, 3])
    const rows = await metrics(run.id)
    expect(rows.filter(({ name }) => name === 'sample/1').map(({ epoch }) => epoch)).toEqual([1, 2, 3])
    const some = await request()['runs.metrics']({
      projectId: projectId(),
      runId: run.id,
      afterSeq: 4,
      limit: 3,
    })
    expect(some.rows).toEqual(rows.slice(5, 8))
  })

  it('tells its progress over all epochs', async () => {
    bench = openRunsWorkbench('half-way')
    addImages(bench.project, imagesOf(['ant', 'bee'], 10))
    const { run } = await start({ epochs: 4 })
    await until(async () => (await get(run.id)).epochsDone === 2)
    const { train } = run.counts
    const { progress } = await request()['runs.get']({ projectId: projectId(), runId: run.id })
    expect(progress).toMatchObject({ runId: 'r1', phase: 'training', done: train * 2, total: train * 4 })
  })

  it('waits for its turn, and can be stopped before it has begun', async () => {
    bench = openRunsWorkbench('never-ends')
    addImages(bench.project, imagesOf(['ant', 'bee'], 10))
    const first = (await start()).run
    const second = (await start()).run
    const third = (await start()).run
    expect([first.status, second.status, third.status]).toEqual(['running', 'queued', 'queued'])
    await request()['runs.stop']({ projectId: projectId(), runId: second.id })
    expect((await get(second.id)).status).toBe('stopped')
    await request()['runs.stop']({ projectId: projectId(), runId: first.id })
    await expect(request()['runs.wait']({ projectId: projectId(), runId: first.id })).resolves.toMatchObject({
      status: 'stopped',
      error: null,
    })
    await until(async () => (await get(third.id)).status === 'running')
    expect(() => request()['runs.stop']({ projectId: projectId(), runId: first.id })).toThrow(
      /queued or running/,
    )
  })

  it('is failed with the last words of a process that exited, and the next one gets its turn', async () => {
    bench = openRunsWorkbench('talkative')
    addImages(bench.project, imagesOf(['ant', 'bee'], 10))
    const first = (await start()).run
    const second = (await start()).run
    const ended = await request()['runs.wait']({ projectId: projectId(), runId: first.id })
    expect(ended).toMatchObject({
      status: 'failed',
      error: {
        code: 'trainer-died',
        details: { exitCode: 3, output: expect.stringContaining('the last line') },
      },
    })
    expect(ended.endedAt).toBeGreaterThanOrEqual(ended.startedAt!)
    await request()['runs.wait']({ projectId: projectId(), runId: second.id })
  })

  it('ends with the reason when its curves cannot be stored', async () => {
    bench = openRunsWorkbench('half-way')
    addImages(bench.project, imagesOf(['ant', 'bee'], 10))
    bench.project.database.exec(
      "CREATE TRIGGER full BEFORE INSERT ON metrics WHEN NEW.seq = 6 BEGIN SELECT raise(ABORT, 'no room'); END",
    )
    const { run } = await start()
    const ended = await request()['runs.wait']({ projectId: projectId(), runId: run.id })
    expect(ended).toMatchObject({ status: 'failed', error: { message: expect.stringContaining('no room') } })
    expect((await metrics(run.id)).length).toBeGreaterThanOrEqual(6)
  })
})

describe('when the program ends or runs go', () => {
  it('marks running and queued runs as interrupted when the project is closed, and keeps their rows', async () => {
    bench = openRunsWorkbench('half-way')
    addImages(bench.project, imagesOf(['ant', 'bee'], 10))
    const first = (await start()).run
    const second = (await start()).run
    await until(async () => (await get(first.id)).epochsDone === 2)
    const rows = await metrics(first.id)
    await bench.reopen()
    expect(await get(first.id)).toMatchObject({ status: 'interrupted', epochsDone: 2 })
    expect(await get(second.id)).toMatchObject({ status: 'interrupted' })
    expect(await metrics(first.id)).toEqual(rows)
  })

  it('marks runs that a killed program left behind when the project is opened', async () => {
    bench = openRunsWorkbench('never-ends')
    addImages(bench.project, imagesOf(['ant', 'bee'], 10))
    const { run } = await start()
    await bench.runs.close()
    bench.project.database.prepare("UPDATE runs SET status = 'running', error = NULL").run()
    await bench.reopen()
    expect(await get(run.id)).toMatchObject({ status: 'interrupted', error: { code: 'cancelled' } })
  })

  it('renames', async () => {
    bench = openRunsWorkbench('never-ends')
    addImages(bench.project, imagesOf(['ant', 'bee'], 10))
    const { run } = await start({}, ' first try ')
    expect(run.name).toBe('first try')
    await request()['runs.rename']({ projectId: projectId(), runId: run.id, name: 'baseline' })
    expect((await get(run.id)).name).toBe('baseline')
  })
})
