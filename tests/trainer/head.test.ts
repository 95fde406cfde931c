import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { jobs, type JobOutput, type Manifest } from '../../src/contract/jobs.ts'
import { trainPlanSchema } from '../../src/contract/train-plan.ts'
import { testEngine } from '../ml/engine.ts'
import { drawDataset } from './drawn-dataset.ts'
import { embeddedWeights as weights } from './embedded-weights.ts'
import { startTrainer, type StartedJob, type TestTrainer } from './trainer-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'thaw-head-'))
const cache = { folder: join(folder, 'cache'), memoryBudgetBytes: 1e9, diskBudgetBytes: 1e9 }
const imagesPath = join(folder, 'images.json')
const probabilitiesPath = join(folder, 'probabilities.f32')
const featuresPath = join(folder, 'features.f32')
let manifest: Manifest
let trainer: TestTrainer

beforeAll(async () => {
  manifest = await drawDataset(join(folder, 'images'), { train: 16, validation: 6, test: 6 })
  const gone = { path: join(folder, 'gone.jpg'), sha256: 'f'.repeat(64) }
  const images = [...manifest.images.map(({ path, sha256 }) => ({ path, sha256 })), gone]
  writeFileSync(imagesPath, JSON.stringify(images))
  trainer = startTrainer()
  await trainer.nextMessage('ready')
})
afterAll(async () => {
  trainer.send({ type: 'shutdown' })
  await trainer.exit
  rmSync(folder, { recursive: true, force: true })
})

const truths = () => manifest.images.map(({ classIndex }) => classIndex)
/** Labels of the first `count` drawn images; the others, and the one that is gone, have none. */
const labelsOf = (count: number) => [...truths().map((label, index) => (index < count ? label : -1)), -1]

function start(labels: readonly number[]): StartedJob {
  return trainer.start('head', {
    imagesPath,
    classes: 2,
    labels,
    weights,
    engine: testEngine,
    probabilitiesPath,
    featuresPath,
    cache,
  })
}
async function head(labels: readonly number[]): Promise<JobOutput<'head'>> {
  return jobs.head.output.parse(await start(labels).output)
}
function readRows(path: string): number[][] {
  const bytes = readFileSync(path)
  const values = [...new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)]
  const width = values.length / (manifest.images.length + 1)
  return Array.from({ length: values.length / width }, (_, row) =>
    values.slice(row * width, (row + 1) * width),
  )
}
const predicted = () => readRows(probabilitiesPath).map(([first = 0, second = 0]) => Number(second > first))

describe('the job that fits a head to the labelled images', () => {
  it('predicts every image by it, and tells how well it does on labels it did not see', async () => {
    const output = await head(labelsOf(12))
    expect(output).toMatchObject({ source: 'head', labelled: 12, features: 64 })
    expect(output.accuracy).toBeGreaterThanOrEqual(0.9)
    expect(output.curve.map(({ labels }) => labels)).toEqual([2, 6, 10])
    expect(output.curve.at(-1)?.accuracy).toBe(output.accuracy)
    expect(predicted().slice(0, -1)).toEqual(truths())
    for (const row of readRows(probabilitiesPath).slice(0, -1)) {
      expect(row[0]! + row[1]!).toBeCloseTo(1, 5)
    }
  })

  it('names the image that cannot be read, and leaves its rows empty', async () => {
    const { skipped } = await head(labelsOf(12))
    expect(skipped).toMatchObject([{ position: 28, path: join(folder, 'gone.jpg'), reason: 'unreadable' }])
    expect(readRows(probabilitiesPath).at(-1)).toEqual([NaN, NaN])
    expect(readRows(featuresPath).at(-1)!.every(Number.isNaN)).toBe(true)
  })

  it('has features whose distances tell like from unlike', async () => {
    await head(labelsOf(0))
    const rows = readRows(featuresPath)
    const distance = (a: number, b: number) =>
      rows[a]!.reduce((sum, value, place) => sum + (value - rows[b]![place]!) ** 2, 0)
    expect(distance(0, 2)).toBeLessThan(distance(0, 1))
    expect(distance(1, 3)).toBeLessThan(distance(1, 2))
  })

  it('goes by the nearest labelled images where labels are too few for a head', async () => {
    const output = await head(labelsOf(2))
    expect(output).toMatchObject({ source: 'neighbours', labelled: 2, accuracy: null, curve: [] })
    const right = predicted()
      .slice(2, -1)
      .filter((label, index) => label === truths()[index + 2])
    expect(right.length).toBeGreaterThanOrEqual(24)
  })

  it('says nothing where nothing is labelled', async () => {
    expect(await head(labelsOf(0))).toMatchObject({ source: 'none', labelled: 0 })
    expect(readRows(probabilitiesPath).flat().every(Number.isNaN)).toBe(true)
  })

  it('finds the features that a training kept', async () => {
    const ownCache = { ...cache, folder: join(folder, 'training-cache') }
    const manifestPath = join(folder, 'manifest.json')
    writeFileSync(manifestPath, JSON.stringify(manifest))
    const plan = trainPlanSchema.parse({ epochs: 1, engine: testEngine })
    const fit = { runFolder: folder, manifestPath, plan, weights, cache: ownCache }
    await trainer.start('fit', fit).output
    const input = { imagesPath, classes: 2, labels: labelsOf(4), weights, engine: testEngine }
    const paths = { probabilitiesPath, featuresPath, cache: ownCache }
    const output = await trainer.start('head', { ...input, ...paths }).output
    expect(output).toMatchObject({ cached: manifest.images.length })
  })

  it('can be cancelled', async () => {
    const job = start(labelsOf(12))
    trainer.send({ type: 'cancel', jobId: job.id })
    await expect(job.output).rejects.toMatchObject({ code: 'cancelled' })
  })

  it('refuses labels that are not of these images', async () => {
    await expect(head([0, 1])).rejects.toMatchObject({ code: 'invalid-input' })
  })
})
