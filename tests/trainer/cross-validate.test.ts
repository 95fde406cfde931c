import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { jobs, type JobInput, type JobOutput, type Manifest } from '../../src/contract/jobs.ts'
import { testEngine } from '../ml/engine.ts'
import { drawDataset } from './drawn-dataset.ts'
import { embeddedWeights as weights } from './embedded-weights.ts'
import { startTrainer, type StartedJob, type TestTrainer } from './trainer-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'thaw-cross-validate-'))
const cache = { folder: join(folder, 'cache'), memoryBudgetBytes: 1e9, diskBudgetBytes: 1e9 }
const imagesPath = join(folder, 'images.json')
const probabilitiesPath = join(folder, 'probabilities.f32')
const featuresPath = join(folder, 'features.f32')
/** Of the drawn images; the last, which is gone, has the label 0. */
const images = 24
const wrong = 5
let manifest: Manifest
let trainer: TestTrainer

beforeAll(async () => {
  manifest = await drawDataset(join(folder, 'images'), { train: images, validation: 0, test: 0 })
  const gone = { path: join(folder, 'gone.jpg'), sha256: 'f'.repeat(64) }
  writeFileSync(
    imagesPath,
    JSON.stringify([...manifest.images.map(({ path, sha256 }) => ({ path, sha256 })), gone]),
  )
  trainer = startTrainer()
  await trainer.nextMessage('ready')
})
afterAll(async () => {
  trainer.send({ type: 'shutdown' })
  await trainer.exit
  rmSync(folder, { recursive: true, force: true })
})

const truths = () => manifest.images.map(({ classIndex }) => classIndex)
const givenLabels = () => [...truths().map((truth, index) => (index === wrong ? 1 - truth : truth)), 0]
const apart = Array.from({ length: images + 1 }, (_, index) => index)

function start(input: Partial<JobInput<'crossValidate'>> = {}): StartedJob {
  const settings = { classes: 2, labels: givenLabels(), groups: apart, folds: 4, seed: 0, engine: testEngine }
  const paths = { imagesPath, probabilitiesPath, featuresPath }
  return trainer.start('crossValidate', { ...settings, ...paths, weights, cache, ...input })
}
async function crossValidate(
  input?: Partial<JobInput<'crossValidate'>>,
): Promise<JobOutput<'crossValidate'>> {
  return jobs.crossValidate.output.parse(await start(input).output)
}
function readRows(path: string, width: number): number[][] {
  const bytes = readFileSync(path)
  const values = [...new Float32Array(new Uint8Array(bytes).buffer)]
  return Array.from({ length: values.length / width }, (_, row) =>
    values.slice(row * width, (row + 1) * width),
  )
}

describe('the job that predicts labelled images by heads that did not see them', () => {
  it('takes an image of a wrong label for what it is, since no head learned that label', async () => {
    const output = await crossValidate()
    expect(output).toMatchObject({ folds: 4, features: 64 })
    const rows = readRows(probabilitiesPath, 2).slice(0, -1)
    for (const row of rows) expect(row[0]! + row[1]!).toBeCloseTo(1, 5)
    const predicted = rows.map(([first = 0, second = 0]) => Number(second > first))
    expect(predicted[wrong]).toBe(truths()[wrong])
    expect(predicted.filter((label, index) => label === truths()[index]).length).toBeGreaterThanOrEqual(23)
    // Of the labels given, one is wrong.
    const right = predicted.filter((label, index) => label === givenLabels()[index]).length
    expect(output.accuracy).toBeCloseTo(right / images, 6)
  })

  it('says the same for the same seed, and finds the features in the cache', async () => {
    await crossValidate({ seed: 3 })
    const first = readFileSync(probabilitiesPath)
    const { cached } = await crossValidate({ seed: 3 })
    expect(cached).toBe(images)
    expect(readFileSync(probabilitiesPath).equals(first)).toBe(true)
    await crossValidate({ seed: 4 })
    expect(readFileSync(probabilitiesPath).equals(first)).toBe(false)
  })

  it('names the image that cannot be read, and leaves its rows empty', async () => {
    const { skipped } = await crossValidate()
    expect(skipped).toMatchObject([{ position: images, path: join(folder, 'gone.jpg') }])
    expect(readRows(probabilitiesPath, 2).at(-1)).toEqual([NaN, NaN])
    expect(readRows(featuresPath, 64).at(-1)!.every(Number.isNaN)).toBe(true)
  })

  it('keeps a group in one fold, and refuses where that leaves none to learn from', async () => {
    // Two groups: each predicted by the other, in which every label is wrong.
    const halves = apart.map((index) => Number(index >= 12))
    const labels = [...truths().map((truth, index) => (index < 12 ? truth : 1 - truth)), 0]
    const { folds } = await crossValidate({ groups: halves, labels })
    expect(folds).toBe(2)
    const rows = readRows(probabilitiesPath, 2).slice(0, 12)
    const agreeing = rows.filter(([a = 0, b = 0], index) => Number(b > a) === truths()[index])
    expect(agreeing.length).toBeLessThanOrEqual(1)
    await expect(crossValidate({ groups: apart.map(() => 0) })).rejects.toMatchObject({
      code: 'too-few-images',
    })
  })

  it('can be cancelled', async () => {
    const job = start()
    trainer.send({ type: 'cancel', jobId: job.id })
    await expect(job.output).rejects.toMatchObject({ code: 'cancelled' })
  })
})
