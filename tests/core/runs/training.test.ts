import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Run } from '../../../src/contract/entities.ts'
import { trainPlanSchema } from '../../../src/contract/train-plan.ts'
import { createTestCore, launchTrainer, type TestCore } from '../../fixtures/test-core.ts'

/** The real trainer on drawn pictures, from the first request to the last. */
let test: TestCore
let projectId: string
let run: Run
beforeAll(async () => {
  test = createTestCore({ launchTrainer })
  const sample = await test.core.request('projects.sample', {
    path: join(test.folder, 'sample.thaw'),
    images: 80,
    sizePx: 96,
    classes: 3,
    seed: 1,
  })
  projectId = sample.project.id
  const plan = trainPlanSchema.parse({ epochs: 6 })
  const started = await test.core.request('runs.start', { projectId, plan })
  run = await test.core.request('runs.wait', { projectId, runId: started.run.id })
}, 120_000)
afterAll(() => test.dispose())

describe('a whole run', () => {
  it('is completed, with what it learned', () => {
    expect(run.error).toBeNull()
    expect(run).toMatchObject({ id: 'r1', status: 'completed', epochsDone: 6 })
    expect(run.trainableParameters).toBe(1280 * 3 + 3)
    expect(run.modelSha256).toMatch(/^[0-9a-f]{64}$/)
    // Three kinds of picture: an untrained head would be right for a third.
    expect(run.test!.accuracy).toBeGreaterThan(0.5)
    expect(run.seconds!.total).toBeGreaterThan(0)
    expect(run.engine).not.toBeNull()
  })

  it('left curves for every epoch', async () => {
    const { rows } = await test.core.request('runs.metrics', { projectId, runId: run.id })
    expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, index) => index))
    for (const name of [
      'train/loss',
      'train/accuracy',
      'validation/loss',
      'validation/accuracy',
      'learning-rate',
    ]) {
      expect(rows.filter((row) => row.name === name).map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6])
    }
    const losses = rows.filter(({ name }) => name === 'train/loss').map(({ value }) => value)
    expect(losses.at(-1)).toBeLessThan(losses[0]!)
    const phases = test.events.flatMap(({ name, payload }) =>
      name === 'runs.progress' ? [(payload as { progress: { phase: string } }).progress.phase] : [],
    )
    expect(phases[0]).toBe('starting')
    expect(phases.at(-1)).toBe('done')
    expect(phases).toContain('features')
  })

  it('is evaluated from its predictions, and the same again from its model', async () => {
    const { evaluation } = await test.core.request('runs.evaluation', {
      projectId,
      runId: run.id,
      split: 'test',
    })
    expect(evaluation).toMatchObject({ support: run.counts.test, accuracy: run.test!.accuracy })
    expect(evaluation!.loss).toBeCloseTo(run.test!.loss, 6)
    const again = await test.core.request('runs.evaluate', { projectId, runId: run.id, split: 'test' })
    expect(again.confusion).toEqual(evaluation!.confusion)
    expect(again.loss).toBeCloseTo(evaluation!.loss, 4)
  })

  it('predicts files and folders, and names the bad ones', async () => {
    const { ids } = await test.core.request('images.ids', { projectId, filter: {} })
    const { images } = await test.core.request('images.get', { projectId, ids: ids.slice(0, 3) })
    const folder = join(test.folder, 'new pictures')
    mkdirSync(join(folder, 'deep'), { recursive: true })
    copyFileSync(images[0]!.path, join(folder, 'deep', 'a.jpg'))
    writeFileSync(join(folder, 'empty.jpg'), '')
    writeFileSync(join(folder, 'notes.jpg'), 'not an image at all')
    const { predictions, skipped } = await test.core.request('runs.predict', {
      projectId,
      runId: run.id,
      paths: [images[1]!.path, folder],
      top: 2,
    })
    expect(predictions.map(({ path }) => path)).toEqual([images[1]!.path, join(folder, 'deep', 'a.jpg')])
    for (const { top } of predictions) {
      expect(top).toHaveLength(2)
      expect(top[0]!.probability).toBeGreaterThanOrEqual(top[1]!.probability)
      expect(run.classes).toContain(top[0]!.class)
    }
    expect(skipped.map(({ path, reason }) => [path, reason])).toEqual([
      [join(folder, 'empty.jpg'), 'empty'],
      [join(folder, 'notes.jpg'), 'not-an-image'],
    ])
    await expect(
      test.core.request('runs.predict', { projectId, runId: run.id, paths: [join(folder, 'gone.jpg')] }),
    ).rejects.toMatchObject({ code: 'source-not-found' })
  })

  it('writes features as npy in the order of the images', async () => {
    const outPath = join(test.folder, 'features.npy')
    const request = { projectId, backbone: 'efficientnet-lite0', outPath, engine: 'auto' as const }
    const first = await test.core.request('features.embed', request)
    expect(first).toMatchObject({ images: 80, features: 1280, skipped: [] })
    const bytes = readFileSync(outPath)
    expect(bytes.subarray(0, 128).toString('latin1')).toContain(
      "'<f4', 'fortran_order': False, 'shape': (80, 1280)",
    )
    expect(bytes.length).toBe(128 + 80 * 1280 * 4)
    const rowOf = (file: Buffer, row: number) => file.subarray(128 + row * 5120, 128 + (row + 1) * 5120)
    expect(Number.isFinite(rowOf(bytes, 0).readFloatLE(0))).toBe(true)
    expect(rowOf(bytes, 0).equals(rowOf(bytes, 1))).toBe(false)

    await expect(
      test.core.request('features.embed', { ...request, layer: '_conv_tail' }),
    ).rejects.toMatchObject({
      code: 'layer-not-found',
    })
  })

  it('gives the same weights for the same seed', async () => {
    const plan = trainPlanSchema.parse({ epochs: 6 })
    const { run: second } = await test.core.request('runs.start', { projectId, plan })
    const ended = await test.core.request('runs.wait', { projectId, runId: second.id })
    expect(ended.status).toBe('completed')
    expect(ended.datasetVersion).toBe(run.datasetVersion)
    expect(ended.modelSha256).toBe(run.modelSha256)
  })

  it('can be stopped, and keeps and evaluates what it learned', async () => {
    const plan = trainPlanSchema.parse({ epochs: 10_000 })
    const { run: long } = await test.core.request('runs.start', { projectId, plan })
    await new Promise<void>((resolve) => {
      const end = test.core.subscribe((name, payload) => {
        if (name !== 'runs.metricLogged' || (payload as { runId: string }).runId !== long.id) return
        end()
        resolve()
      })
    })
    await test.core.request('runs.stop', { projectId, runId: long.id })
    const ended = await test.core.request('runs.wait', { projectId, runId: long.id })
    expect(ended).toMatchObject({ status: 'stopped', error: null })
    expect(ended.modelSha256).not.toBeNull()
    const { evaluation } = await test.core.request('runs.evaluation', {
      projectId,
      runId: long.id,
      split: 'test',
    })
    expect(evaluation!.support).toBe(ended.counts.test)
  }, 60_000)

  it('leaves out an image that has gone meanwhile, marks it as missing, and gives it a row of NaN', async () => {
    const { ids } = await test.core.request('images.ids', { projectId, filter: { splits: ['test'] } })
    const { images } = await test.core.request('images.get', { projectId, ids })
    rmSync(images[0]!.path)
    rmSync(join(test.folder, 'sample.thaw', 'cache', 'features'), { recursive: true })
    const plan = trainPlanSchema.parse({ epochs: 1 })
    const { run: again } = await test.core.request('runs.start', { projectId, plan })
    const ended = await test.core.request('runs.wait', { projectId, runId: again.id })
    expect(ended).toMatchObject({ status: 'completed', error: null })
    expect(ended.test!.support).toBe(ended.counts.test - 1)
    const after = await test.core.request('images.get', { projectId, ids: [images[0]!.id] })
    expect(after.images[0]!.status).toBe('missing')

    const outPath = join(test.folder, 'gap.npy')
    const embed = { projectId, backbone: 'efficientnet-lite0', outPath, engine: 'auto' as const }
    const { images: rows, skipped } = await test.core.request('features.embed', embed)
    expect(rows).toBe(80)
    expect(skipped.map(({ path }) => path)).toEqual([images[0]!.path])
    const order = await test.core.request('images.ids', { projectId, filter: {} })
    const bytes = readFileSync(outPath)
    const isNaN = order.ids.map((_, row) => Number.isNaN(bytes.readFloatLE(128 + row * 5120)))
    expect(isNaN).toEqual(order.ids.map((id) => id === images[0]!.id))
  })
})
