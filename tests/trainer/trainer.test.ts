import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { trainPlanSchema, type TrainPlanInput } from '../../src/contract/train-plan.ts'
import { jobs, type JobOutput, type Manifest } from '../../src/contract/jobs.ts'
import { decodeSafetensors } from '../../src/models/safetensors.ts'
import { listCheckpoints, readCheckpoint } from '../../src/trainer/checkpoint.ts'
import { chooseEngine, testEngine, testedEngines } from '../ml/engine.ts'
import { drawDataset } from './drawn-dataset.ts'
import { embeddedWeights as weights } from './embedded-weights.ts'
import { startTrainer, type TestTrainer } from './trainer-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'thaw-trainer-'))
const cache = { folder: join(folder, 'cache'), memoryBudgetBytes: 1e9, diskBudgetBytes: 1e9 }
let manifest: Manifest
let manifestPath: string
let trainer: TestTrainer
let runs = 0

beforeAll(async () => {
  manifest = await drawDataset(join(folder, 'images'), { train: 16, validation: 6, test: 6 })
  manifestPath = writeManifest(manifest)
  trainer = startTrainer()
  await trainer.nextMessage('ready')
})
afterAll(async () => {
  trainer.send({ type: 'shutdown' })
  expect(await trainer.exit).toEqual({ code: 0, signal: null })
  rmSync(folder, { recursive: true, force: true })
})

function writeManifest(content: Manifest): string {
  runs += 1
  const path = join(folder, `manifest-${runs}.json`)
  writeFileSync(path, JSON.stringify(content))
  return path
}

function fitInput(plan: TrainPlanInput = {}, changes: object = {}) {
  runs += 1
  const runFolder = join(folder, `run-${runs}`)
  mkdirSync(runFolder)
  const full = trainPlanSchema.parse({ epochs: 3, batchSize: 8, engine: testEngine, ...plan })
  return { runFolder, manifestPath, plan: full, weights, cache, ...changes }
}

async function fit(plan?: TrainPlanInput, changes?: object) {
  const input = fitInput(plan, changes)
  const job = trainer.start('fit', input)
  const output = jobs.fit.output.parse(await job.output)
  return { ...input, output, events: job.events }
}

const lossesOf = ({ epochs }: JobOutput<'fit'>) => epochs.map(({ loss, valLoss }) => [loss, valLoss])

describe('the trainer', () => {
  it('trains a head, tells of it, and leaves model, predictions and checkpoints', async () => {
    const { output, events, runFolder } = await fit({ epochs: 8, learningRate: 0.01 })
    expect(output.status).toBe('completed')
    expect(output.epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(output.epochs.at(-1)!.loss).toBeLessThan(0.3 * output.epochs[0]!.loss)
    expect(output.test).toMatchObject({ accuracy: 1, support: 6 })
    expect(output.trainableParameters).toBe(1280 * 2 + 2)
    expect(output.skipped).toEqual([])

    expect(events.map(({ type }) => type).filter((type) => type === 'epochEnd')).toHaveLength(8)
    expect(events[0]).toMatchObject({ type: 'engine', engine: testEngine })
    expect(new Set(events.map(({ type }) => type))).toEqual(
      new Set(['engine', 'model', 'progress', 'batchEnd', 'epochEnd', 'checkpoint']),
    )

    const batches = events.filter((event) => event.type === 'batchEnd')
    for (const { learningRate, gradientNorm, imagesPerSecond, rssBytes } of batches) {
      expect(learningRate).toBe(0.01)
      expect(gradientNorm).toBeGreaterThan(0)
      expect(imagesPerSecond).toBeGreaterThan(0)
      expect(rssBytes).toBeGreaterThan(1e6)
    }
    const followed = events.flatMap((event) => (event.type === 'epochEnd' ? [event.samples ?? []] : []))
    expect(new Set(followed.map((samples) => samples.map(({ sha256 }) => sha256).join())).size).toBe(1)
    expect(followed.at(-1)!.every(({ truth, predicted }) => truth === predicted)).toBe(true)

    for (const { split, path, images } of output.predictions) {
      const bytes = readFileSync(path)
      const rows = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)
      expect(rows).toHaveLength(images * 2)
      expect(images).toBe(manifest.images.filter((image) => image.split === split).length)
      for (let row = 0; row < images; row += 1) expect(rows[row * 2]! + rows[row * 2 + 1]!).toBeCloseTo(1, 5)
    }
    const { tensors } = decodeSafetensors(readFileSync(join(runFolder, 'model.safetensors')))
    expect([...tensors.keys()].sort()).toEqual(['head.logits/bias', 'head.logits/kernel'])
    expect(listCheckpoints(runFolder)).toHaveLength(2)
    const { state, parameters, slots } = readCheckpoint(listCheckpoints(runFolder)[0]!)
    expect(state).toMatchObject({ step: 16, epochs: output.epochs })
    expect(Buffer.from(parameters.get('head.logits/kernel')!.values.buffer)).toEqual(
      Buffer.from(tensors.get('head.logits/kernel')!.data),
    )
    expect([...slots.keys()]).toContain('secondMoment/head.logits/kernel')
  })

  it('predicts files by that model as the training did, and names those it cannot read', async () => {
    const { output, runFolder } = await fit()
    const tests = manifest.images.filter(({ split }) => split === 'test').map(({ path }) => path)
    const outPath = join(folder, 'predictions.f32')
    const input = {
      runFolder,
      paths: [join(folder, 'gone.jpg'), ...tests],
      weights,
      engine: testEngine,
      outPath,
    }
    const answer = jobs.predict.output.parse(await trainer.start('predict', input).output)
    expect(answer.rows).toEqual([1, 2, 3, 4, 5, 6])
    expect(answer.classes).toEqual(['stripes', 'spots'])
    expect(answer.skipped).toMatchObject([{ path: join(folder, 'gone.jpg'), reason: 'unreadable' }])
    const stored = readFileSync(output.predictions.find(({ split }) => split === 'test')!.path)
    const predicted = readFileSync(outPath)
    expect(predicted).toHaveLength(stored.length)
    for (let offset = 0; offset < stored.length; offset += 4) {
      expect(predicted.readFloatLE(offset)).toBeCloseTo(stored.readFloatLE(offset), 4)
    }
  })

  it('gives equal models for equal seeds, in whatever order the images come, and other ones for others', async () => {
    const reversed = writeManifest({ ...manifest, images: [...manifest.images].reverse() })
    const one = await fit({ seed: 5 })
    const two = await fit({ seed: 5 }, { manifestPath: reversed })
    const other = await fit({ seed: 6 })
    expect(two.output.modelSha256).toBe(one.output.modelSha256)
    expect(lossesOf(two.output)).toEqual(lossesOf(one.output))
    expect(other.output.modelSha256).not.toBe(one.output.modelSha256)
  })

  it('learns the same from memory, from the disk and from features computed again', async () => {
    const resident = await fit()
    const streamed = await fit({}, { cache: { ...cache, memoryBudgetBytes: 0 } })
    const recomputed = await fit(
      {},
      { cache: { folder: join(folder, 'none'), memoryBudgetBytes: 0, diskBudgetBytes: 0 } },
    )
    expect(lossesOf(streamed.output)).toEqual(lossesOf(resident.output))
    lossesOf(recomputed.output).forEach((row, epoch) =>
      row.forEach((loss, index) => expect(loss).toBeCloseTo(lossesOf(resident.output)[epoch]![index]!, 4)),
    )
    expect(existsSync(join(folder, 'none'))).toBe(true)
  })

  it.each(testedEngines)('trains a head on cached features on %s', async (engine) => {
    await fit()
    const { output, events } = await fit({ engine, epochs: 8, learningRate: 0.01, head: '16:relu' })
    expect(events[0]).toMatchObject({ type: 'engine', engine })
    expect(output.epochs.at(-1)!.loss).toBeLessThan(0.3 * output.epochs[0]!.loss)
  })

  it('leaves out a picture that cannot be read, names it, and trains on', async () => {
    const bad = join(folder, 'images', 'bad.jpg')
    writeFileSync(bad, readFileSync(manifest.images[0]!.path).subarray(0, 700))
    const image = { path: bad, sha256: 'e'.repeat(64), relativePath: 'bad.jpg', classIndex: 0 }
    const images = [
      { ...image, split: 'train' as const },
      ...manifest.images,
      { ...image, sha256: 'd'.repeat(64), split: 'test' as const },
    ]
    const { output, events } = await fit({}, { manifestPath: writeManifest({ ...manifest, images }) })
    expect(output.skipped).toMatchObject([
      { path: bad, reason: 'truncated' },
      { path: bad, reason: 'truncated' },
    ])
    expect(output.test!.support).toBe(6)
    expect(events.filter(({ type }) => type === 'notice')).toHaveLength(2)
  })

  it('stops early and goes back to the best weights', async () => {
    // What is learned is wrong for the validation images, so their loss rises from the start.
    const images = manifest.images.map((image) =>
      image.split === 'validation' ? { ...image, classIndex: 1 - image.classIndex } : image,
    )
    const plan = { epochs: 60, earlyStopping: 2, learningRate: 0.01 }
    const { output } = await fit(plan, { manifestPath: writeManifest({ ...manifest, images }) })
    const { epochs, bestEpoch, validation } = output
    expect(epochs.length).toBeLessThan(60)
    expect(epochs).toHaveLength(bestEpoch! + 2)
    expect(validation!.loss).toBeCloseTo(epochs[bestEpoch! - 1]!.valLoss!, 5)
  })

  it('goes on from a checkpoint to the bits of a training that was never interrupted', async () => {
    const plan: TrainPlanInput = {
      epochs: 60,
      head: '16:relu,dropout:0.4',
      schedule: 'one-cycle',
      optimizer: 'adamw',
      augment: 'flip,brightness',
      augmentVariants: 2,
      accumulation: 2,
      mixup: 0.4,
      batchSize: 3,
      earlyStopping: 60,
      seed: 11,
    }
    const whole = await fit(plan)
    for (const kept of [1, 9]) {
      const input = fitInput(plan)
      const job = trainer.start('fit', input)
      await job.when((event) => event.type === 'checkpoint' && event.epoch >= kept)
      trainer.send({ type: 'cancel', jobId: job.id })
      await expect(job.output).rejects.toMatchObject({ code: 'cancelled' })
      const resumed = trainer.start('fit', { ...input, resume: true })
      const output = jobs.fit.output.parse(await resumed.output)
      expect(resumed.events.find(({ type }) => type === 'resumed')).toMatchObject({
        epoch: expect.any(Number),
      })
      expect(output.modelSha256).toBe(whole.output.modelSha256)
      expect(lossesOf(output)).toEqual(lossesOf(whole.output))
    }
  })

  it('goes on from the checkpoint before where the last one is damaged, and says so', async () => {
    const whole = await fit({ epochs: 4 })
    const [latest, before] = listCheckpoints(whole.runFolder)
    const epoch = readCheckpoint(before!).state.epochs.length
    const bytes = readFileSync(latest!)
    bytes[bytes.length - 2]! ^= 1
    writeFileSync(latest!, bytes)
    const job = trainer.start('fit', { ...whole, resume: true, output: undefined, events: undefined })
    const output = jobs.fit.output.parse(await job.output)
    expect(job.events.find(({ type }) => type === 'notice')).toMatchObject({ code: 'checkpoint-invalid' })
    expect(job.events.find(({ type }) => type === 'resumed')).toMatchObject({ epoch })
    expect(output.modelSha256).toBe(whole.output.modelSha256)
  })

  it('trains a run that has ended for more epochs, as if it had had them from the start', async () => {
    const short = await fit({ epochs: 2 })
    const long = await fit({ epochs: 4 })
    const job = trainer.start('fit', { ...short, plan: long.plan, resume: true })
    const output = jobs.fit.output.parse(await job.output)
    expect(output.epochs).toHaveLength(4)
    expect(output.modelSha256).toBe(long.output.modelSha256)
  })

  it('waits while it is paused, answers meanwhile, and goes on to the same end', async () => {
    const whole = await fit({ epochs: 30 })
    const job = trainer.start('fit', fitInput({ epochs: 30 }))
    await job.when(({ type }) => type === 'epochEnd')
    trainer.send({ type: 'pause', jobId: job.id })
    await delay(300)
    const seen = job.events.length
    const pong = trainer.nextMessage('pong')
    trainer.send({ type: 'ping' })
    await pong
    await delay(300)
    expect(job.events.length).toBe(seen)
    expect(job.events.filter(({ type }) => type === 'epochEnd').length).toBeLessThan(30)
    trainer.send({ type: 'continue', jobId: job.id })
    expect(jobs.fit.output.parse(await job.output).modelSha256).toBe(whole.output.modelSha256)
  })

  it('thaws in phases, each with its own rates, and what was learned before stays', async () => {
    const phases: TrainPlanInput['phases'] = [
      { epochs: 2, freeze: { kind: 'all' }, learningRate: 0.01 },
      { epochs: 1, freeze: { kind: 'glob', pattern: '_blocks.15.*' }, learningRate: 0.001 },
      { epochs: 1, freeze: { kind: 'all' } },
    ]
    const plan: TrainPlanInput = { mode: 'fine-tune', epochs: 4, phases, batchSize: 8 }
    const whole = await fit(plan)
    expect(whole.output.epochs.map(({ learningRate }) => learningRate)).toEqual([0.01, 0.01, 0.001, 0.001])
    const begun = whole.events.flatMap((event) => (event.type === 'phaseBegin' ? [event] : []))
    expect(begun).toMatchObject([
      { phase: 1, epoch: 0, step: 0 },
      { phase: 2, epoch: 2, step: 4 },
      { phase: 3, epoch: 3, step: 6 },
    ])
    const first = await fit({ epochs: 2, learningRate: 0.01, batchSize: 8 })
    expect(lossesOf(whole.output).slice(0, 2)).toEqual(lossesOf(first.output))
    const { tensors } = decodeSafetensors(readFileSync(join(whole.runFolder, 'model.safetensors')))
    expect([...tensors.keys()]).toContain('_blocks.15._bn1/movingMean')

    const input = fitInput(plan)
    const job = trainer.start('fit', input)
    await job.when((event) => event.type === 'checkpoint' && event.epoch === 3)
    trainer.send({ type: 'cancel', jobId: job.id })
    await expect(job.output).rejects.toMatchObject({ code: 'cancelled' })
    const resumed = trainer.start('fit', { ...input, resume: true })
    expect(jobs.fit.output.parse(await resumed.output).modelSha256).toBe(whole.output.modelSha256)

    // The last phase computes its features by the layers that the second one trained.
    const tests = manifest.images.filter(({ split }) => split === 'test').map(({ path }) => path)
    const outPath = join(folder, 'phases.f32')
    const { runFolder, output } = whole
    const asked = { runFolder, paths: tests, weights, engine: testEngine, outPath }
    jobs.predict.output.parse(await trainer.start('predict', asked).output)
    const stored = readFileSync(output.predictions.find(({ split }) => split === 'test')!.path)
    const predicted = readFileSync(outPath)
    for (let offset = 0; offset < stored.length; offset += 4) {
      expect(predicted.readFloatLE(offset)).toBeCloseTo(stored.readFloatLE(offset), 4)
    }
  })

  it('a step of two small batches is a step of one large', async () => {
    const plan = { epochs: 3, optimizer: 'sgd', learningRate: 0.1 } as const
    const large = await fit({ ...plan, batchSize: 8 })
    const small = await fit({ ...plan, batchSize: 4, accumulation: 2 })
    lossesOf(small.output).forEach((row, epoch) =>
      row.forEach((loss, index) => expect(loss).toBeCloseTo(lossesOf(large.output)[epoch]![index]!, 4)),
    )
  })

  it.each<[string, TrainPlanInput]>([
    ['label smoothing', { labelSmoothing: 0.2 }],
    ['balanced sampling', { sampling: 'balanced' }],
    ['clipped gradients', { clipNorm: 0.01 }],
    ['weight decay', { optimizer: 'adamw', weightDecay: 5 }],
    ['mixup', { mixup: 0.5 }],
    ['warm-up', { warmUpEpochs: 2 }],
    ["Nesterov's momentum", { optimizer: 'sgd', nesterov: true }],
  ])('%s makes a difference, and the same one again', async (_name, setting) => {
    const { optimizer = 'adam' } = setting
    const plain = await fit({ optimizer })
    const one = await fit(setting)
    const two = await fit(setting)
    expect(one.output.modelSha256).not.toBe(plain.output.modelSha256)
    expect(two.output.modelSha256).toBe(one.output.modelSha256)
  })

  it('takes images of another size, and predicts with it', async () => {
    const { output, runFolder } = await fit({ inputSize: 96, epochs: 8, learningRate: 0.01 })
    expect(output.test!.accuracy).toBeGreaterThan(0.8)
    const description = JSON.parse(readFileSync(join(runFolder, 'model.json'), 'utf8')) as {
      inputSize: number
    }
    expect(description.inputSize).toBe(96)
  })

  it('estimates a training by a few of its images, whose features it keeps', async () => {
    const own = { ...cache, folder: join(folder, 'estimate-cache') }
    const { runFolder: _none, ...input } = fitInput({ epochs: 3, head: '32:relu' }, { cache: own })
    const fresh = jobs.estimate.output.parse(await trainer.start('estimate', input).output)
    expect(fresh.images).toEqual({ toCompute: 28, cached: 0 })
    expect(fresh.seconds.features).toBeGreaterThan(0)
    expect(fresh.seconds.training).toBeGreaterThan(0)
    expect(fresh.featureBytes).toBe(28 * (1280 * 2 + 4))
    const again = jobs.estimate.output.parse(await trainer.start('estimate', input).output)
    expect(again.images).toEqual({ toCompute: 6, cached: 22 })
    const { output } = await fit({ epochs: 3, head: '32:relu' }, { cache: own })
    expect(fresh.peakRssBytes).toBeGreaterThan(0.5 * output.peakRssBytes)
  })

  it('estimates phases that freeze what was trained before without leaving features of it for others', async () => {
    const own = { ...cache, folder: join(folder, 'phases-cache') }
    const phases: TrainPlanInput['phases'] = [
      { epochs: 1, freeze: { kind: 'glob', pattern: '_blocks.15.*' } },
      { epochs: 1, freeze: { kind: 'all' } },
    ]
    const { runFolder: _none, ...input } = fitInput({ mode: 'fine-tune', epochs: 2, phases }, { cache: own })
    await trainer.start('estimate', input).output
    const clean = await fit()
    const after = await fit({}, { cache: own })
    expect(after.output.modelSha256).toBe(clean.output.modelSha256)
  })

  it('finds a learning rate where the loss falls, below where it runs away', async () => {
    const { runFolder: _none, ...input } = fitInput({ batchSize: 4 })
    const job = trainer.start('findLearningRate', input)
    const { points, suggestion } = jobs.findLearningRate.output.parse(await job.output)
    expect(points.length).toBeGreaterThan(50)
    const rates = points.map(({ learningRate }) => learningRate)
    expect(rates).toEqual([...rates].sort((a, b) => a - b))
    expect(suggestion).toBeGreaterThan(1e-5)
    expect(suggestion).toBeLessThan(1)
    const { output } = await fit({ learningRate: suggestion!, epochs: 8 })
    expect(output.epochs.at(-1)!.loss).toBeLessThan(0.5 * output.epochs[0]!.loss)
  })

  it('fails with a hint when the loss is no longer a number', async () => {
    const job = trainer.start(
      'fit',
      fitInput({ optimizer: 'sgd', learningRate: 100, epochs: 50, head: '64,64,64' }),
    )
    await expect(job.output).rejects.toMatchObject({
      code: 'loss-not-finite',
      message: expect.stringContaining('smaller learning rate'),
    })
  })

  it('ends well when it is stopped', async () => {
    const job = trainer.start('fit', fitInput({ epochs: 10_000 }))
    await job.when(({ type }) => type === 'epochEnd')
    trainer.send({ type: 'stop', jobId: job.id })
    const output = jobs.fit.output.parse(await job.output)
    expect(output.status).toBe('stopped')
    expect(output.epochs.length).toBeLessThan(10_000)
    expect(output.test!.support).toBe(6)
  })

  it('keeps no model when it is cancelled, running or waiting, and answers meanwhile', async () => {
    const input = fitInput({ epochs: 10_000 })
    const running = trainer.start('fit', input)
    const waiting = trainer.start('fit', fitInput())
    await running.when(({ type }) => type === 'epochEnd')
    const pong = trainer.nextMessage('pong')
    trainer.send({ type: 'ping' })
    await pong
    trainer.send({ type: 'cancel', jobId: waiting.id })
    trainer.send({ type: 'cancel', jobId: running.id })
    for (const job of [running, waiting])
      await expect(job.output).rejects.toMatchObject({ code: 'cancelled' })
    expect(existsSync(join(input.runFolder, 'model.json'))).toBe(false)
    expect(waiting.events).toEqual([])
  })

  it.each([
    ['input that does not fit', () => ({ ...fitInput(), plan: { epochs: -1 } }), 'invalid-input'],
    [
      'one class',
      () => fitInput({}, { manifestPath: writeManifest({ ...manifest, classes: ['one'] }) }),
      'too-few-classes',
    ],
    [
      'no training images',
      () =>
        fitInput(
          {},
          {
            manifestPath: writeManifest({
              ...manifest,
              images: manifest.images.filter(({ split }) => split === 'test'),
            }),
          },
        ),
      'too-few-images',
    ],
    ['no weights', () => fitInput({}, { weights: null }), 'weights-missing'],
    [
      'other weights',
      () => fitInput({}, { weights: { ...weights, sha256: '0'.repeat(64) } }),
      'weights-invalid',
    ],
    ['an unknown layer', () => fitInput({ freeze: { kind: 'until', layer: 'nowhere' } }), 'layer-not-found'],
    [
      'a missing manifest',
      () => fitInput({}, { manifestPath: join(folder, 'nowhere.json') }),
      'invalid-input',
    ],
  ])('refuses %s, and goes on', async (_name, input, code) => {
    await expect(trainer.start('fit', input()).output).rejects.toMatchObject({ code })
  })

  it('writes features in manifest order, the same again from the cache', async () => {
    await chooseEngine('cpu')
    const embed = async (changes: object = {}) => {
      const outPath = join(folder, 'features.f32')
      const input = { manifestPath, weights, layer: null, engine: testEngine, outPath, cache, ...changes }
      const output = jobs.features.output.parse(await trainer.start('features', input).output)
      const bytes = readFileSync(outPath)
      return { output, values: new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4) }
    }
    const fresh = await embed({ cache: { ...cache, folder: join(folder, 'other-cache') } })
    expect(fresh.output).toMatchObject({ images: 28, features: 1280, cached: 0 })
    const again = await embed({ cache: { ...cache, folder: join(folder, 'other-cache') } })
    expect(again.output.cached).toBe(28)
    expect(again.values).toEqual(fresh.values)
    const map = await embed({ layer: '_blocks.0._bn2' })
    expect(map.output).toMatchObject({ images: 28, features: 112 * 112 * 16, cached: 0 })
    expect(map.values).toHaveLength(28 * 112 * 112 * 16)
  })

  it.each(testedEngines.filter((id) => id !== 'cpu'))(
    'measures %s by the embedded backbone',
    async (engine) => {
      const output = jobs.probe.output.parse(await trainer.start('probe', { engine, weights }).output)
      expect(output).toMatchObject({ id: engine, available: true, reason: null })
      expect(output.imagesPerSecond).toBeGreaterThan(0)
    },
  )

  it('trains layers of the backbone too', async () => {
    const plan = { freeze: { kind: 'glob' as const, pattern: '_blocks.15.*' } }
    const { output, runFolder } = await fit({ ...plan, epochs: 2, batchSize: 4, learningRate: 0.01 })
    expect(output.trainableParameters).toBeGreaterThan(100_000)
    const { tensors } = decodeSafetensors(readFileSync(join(runFolder, 'model.safetensors')))
    expect([...tensors.keys()]).toContain('_blocks.15._bn1/movingMean')
    expect(output.epochs.every(({ loss }) => Number.isFinite(loss))).toBe(true)
  })

  it('prints nothing', () => {
    expect(trainer.printed()).toBe('')
  })
})

describe('a trainer whose channel closes', () => {
  it('exits, even in the middle of a job', async () => {
    const orphan = startTrainer()
    await orphan.nextMessage('ready')
    const job = orphan.start('fit', fitInput({ epochs: 10_000 }))
    await job.when(({ type }) => type === 'epochEnd')
    orphan.child.disconnect()
    expect(await orphan.exit).toEqual({ code: 0, signal: null })
  })
})
