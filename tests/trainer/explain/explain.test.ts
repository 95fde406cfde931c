import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { jobs, type JobInput, type JobOutput, type Manifest } from '../../../src/contract/jobs.ts'
import { trainPlanSchema, type TrainPlanInput } from '../../../src/contract/train-plan.ts'
import { findBackbone } from '../../../src/models/catalog.ts'
import { testEngine } from '../../ml/engine.ts'
import { correlation } from '../../ml/explain/correlation.ts'
import { embeddedWeights as weights } from '../embedded-weights.ts'
import { startTrainer, type TestTrainer } from '../trainer-process.ts'
import { drawObject, drawObjects, radius, side, type Place } from './drawn-objects.ts'

const { meta } = findBackbone('efficientnet-lite0')
const folder = mkdtempSync(join(tmpdir(), 'thaw-explain-'))
const cache = { folder: join(folder, 'cache'), memoryBudgetBytes: 1e9, diskBudgetBytes: 1e9 }
const place = { x: 0.3, y: 0.66 }
let manifest: Manifest
let trainer: TestTrainer
let ball: { path: string; sha256: string }
let frozen: string

beforeAll(async () => {
  manifest = await drawObjects(join(folder, 'images'), 24, 6)
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest))
  ball = await drawObject(join(folder, 'images'), 'ball', place)
  trainer = startTrainer()
  await trainer.nextMessage('ready')
  frozen = await fit('frozen', { epochs: 12, learningRate: 0.01 })
})
afterAll(async () => {
  trainer.send({ type: 'shutdown' })
  await trainer.exit
  rmSync(folder, { recursive: true, force: true })
})

/** @returns the run's folder */
async function fit(name: string, plan: TrainPlanInput): Promise<string> {
  const runFolder = join(folder, name)
  mkdirSync(runFolder)
  const full = trainPlanSchema.parse({ batchSize: 8, engine: testEngine, ...plan })
  const manifestPath = join(folder, 'manifest.json')
  await trainer.start('fit', { runFolder, manifestPath, plan: full, weights, cache }).output
  return runFolder
}

async function explain(changes: Partial<JobInput<'explain'>> = {}): Promise<JobOutput<'explain'>> {
  const input = { runFolder: frozen, ...ball, weights, engine: testEngine, method: 'grad-cam' }
  return jobs.explain.output.parse(
    await trainer.start('explain', { ...input, class: null, layer: null, ...changes }).output,
  )
}

/** The middle of each place of a map, as shares of its sides, with its value. */
function placesOf({ height, width, values }: JobOutput<'explain'>['map']) {
  return Array.from(values, (value, index) => ({
    value,
    x: ((index % width) + 0.5) / width,
    y: (Math.floor(index / width) + 0.5) / height,
  }))
}
const hottestOf = (map: JobOutput<'explain'>['map']) => placesOf(map).find(({ value }) => value === 1)!
function centreOf(map: JobOutput<'explain'>['map']): NonNullable<Place> {
  const places = placesOf(map)
  const sum = places.reduce((total, { value }) => total + value, 0)
  const along = (axis: 'x' | 'y') => places.reduce((total, one) => total + one.value * one[axis], 0) / sum
  return { x: along('x'), y: along('y') }
}
/** How much hotter the places in the object are than those outside of it, on average. */
function heatOf(map: JobOutput<'explain'>['map']): number {
  const inside = (one: NonNullable<Place>) => distance(one, place) <= radius / side
  const mean = (values: readonly { value: number }[]) =>
    values.reduce((sum, { value }) => sum + value / values.length, 0)
  const places = placesOf(map)
  return mean(places.filter(inside)) / mean(places.filter((one) => !inside(one)))
}
const distance = (a: NonNullable<Place>, b: NonNullable<Place>) => Math.hypot(a.x - b.x, a.y - b.y)

describe('the job that explains a prediction', () => {
  it.each(['grad-cam', 'grad-cam++', 'occlusion'] as const)('points at the object: %s', async (method) => {
    const { map, probabilities, class: about } = await explain({ method })
    expect(about).toBe('ball')
    expect(probabilities.map((one) => one.class)).toEqual(['ball', 'ground'])
    expect(probabilities[0]!.probability + probabilities[1]!.probability).toBeCloseTo(1, 9)
    expect(Math.max(...map.values)).toBe(1)
    expect(Math.min(...map.values)).toBeGreaterThanOrEqual(0)
    expect(distance(centreOf(map), place)).toBeLessThan(0.15)
    // A position of the last layer sees far more than its own place, so only occlusion is sharp.
    expect(heatOf(map)).toBeGreaterThan(method === 'occlusion' ? 4 : 1.5)
    if (method === 'occlusion') expect(distance(hottestOf(map), place)).toBeLessThan(radius / side)
  })

  it('tells the layer, what others there are, and gives the map as a picture for an overlay', async () => {
    const { layer, layers, map, overlay, inputSize, resize } = await explain()
    expect(layer).toBe('_bn1_relu6')
    expect(layers.at(-1)).toEqual({ name: layer, block: 'top', height: 7, width: 7, channels: 1280 })
    expect(map).toMatchObject({ height: 7, width: 7 })
    expect({ inputSize, resize }).toEqual({ inputSize: 224, resize: meta.preprocessing.resize })
    expect(await sharp(overlay).metadata()).toMatchObject({
      format: 'png',
      width: 224,
      height: 224,
      channels: 1,
    })
    const data = await sharp(overlay).toColourspace('b-w').raw().toBuffer()
    const brightest = data.indexOf(Math.max(...data))
    const bright = { x: (brightest % 224) / 224, y: Math.floor(brightest / 224) / 224 }
    expect(distance(bright, hottestOf(map))).toBeLessThan(0.05)
  })

  it('is about the class and the layer that are asked for', async () => {
    const ground = await explain({ class: 'ground' })
    expect(ground.class).toBe('ground')
    expect(heatOf(ground.map)).toBeLessThan(1)
    const early = await explain({ layer: '_blocks.4._add' })
    expect(early.map).toMatchObject({ height: 28, width: 28 })
    expect(early.map.values.some((value) => value > 0)).toBe(true)
  })

  it('changes with the weights: of the head alone, and of all layers', async () => {
    const trained = await explain({ class: 'ball' })
    const otherHead = join(folder, 'other-head')
    mkdirSync(otherHead)
    copyFileSync(join(frozen, 'model.json'), join(otherHead, 'model.json'))
    const bytes = readFileSync(join(frozen, 'model.safetensors'))
    // The tensors lie behind the header, whose length stands first.
    const start = 8 + Number(bytes.readBigUInt64LE(0))
    for (let offset = start; offset < bytes.length; offset += 4) {
      bytes.writeFloatLE(Math.sin(offset * 12.9898), offset)
    }
    writeFileSync(join(otherHead, 'model.safetensors'), bytes)
    const random = await fit('random', { mode: 'scratch', epochs: 1, learningRate: 1e-8 })
    for (const runFolder of [otherHead, random]) {
      const { map } = await explain({ runFolder, class: 'ball' })
      expect(correlation(map.values, trained.map.values)).toBeLessThan(0.7)
    }
    // The model that was pushed out of memory comes back the same.
    expect((await explain({ class: 'ball' })).map).toEqual(trained.map)
  })

  it('goes by the new model where a run was trained on', async () => {
    const runFolder = join(folder, 'changing')
    mkdirSync(runFolder)
    const copy = (from: string) => {
      for (const name of ['model.safetensors', 'model.json']) {
        copyFileSync(join(from, name), join(runFolder, name))
      }
    }
    copy(frozen)
    const before = await explain({ runFolder })
    copy(await fit('longer', { epochs: 1, learningRate: 0.001 }))
    expect((await explain({ runFolder })).probabilities).not.toEqual(before.probabilities)
  })

  it('can be cancelled while it covers one place after another', async () => {
    const input = { runFolder: frozen, ...ball, weights, engine: testEngine, method: 'occlusion' }
    const job = trainer.start('explain', { ...input, class: null, layer: null })
    await job.when(({ type }) => type === 'progress')
    trainer.send({ type: 'cancel', jobId: job.id })
    await expect(job.output).rejects.toMatchObject({ code: 'cancelled' })
  })

  it.each([
    ['run-has-no-model', { runFolder: join(folder, 'none') }],
    ['image-unreadable', { path: join(folder, 'gone.png') }],
    ['image-unreadable', { sha256: 'f'.repeat(64) }],
    ['class-not-found', { class: 'cat' }],
    ['layer-not-found', { layer: 'nowhere' }],
    ['layer-too-small', { layer: '_avg_pooling' }],
    ['weights-missing', { weights: null }],
  ] as const)('fails with %s', async (code, changes) => {
    await expect(explain(changes)).rejects.toMatchObject({ code })
  })
})

describe('the job that shows what the channels of a layer find', () => {
  const ask = async (changes: Partial<JobInput<'layerMaps'>> = {}) => {
    const input = { runFolder: frozen, ...ball, weights, engine: testEngine, layer: null, count: 8 }
    return jobs.layerMaps.output.parse(await trainer.start('layerMaps', { ...input, ...changes }).output)
  }

  it('gives the strongest first, of the layer that is asked for', async () => {
    const { maps, ...about } = await ask()
    expect(about).toMatchObject({ layer: '_bn1_relu6', height: 7, width: 7, channels: 1280 })
    expect(maps).toHaveLength(8)
    const activations = maps.map(({ activation }) => activation)
    expect(activations).toEqual(activations.toSorted((a, b) => b - a))
    expect(maps.every(({ values }) => values.length === 49 && values.includes(255))).toBe(true)
    const early = await ask({ layer: '_blocks.4._add', count: 1000 })
    expect(early).toMatchObject({ height: 28, width: 28, channels: 40 })
    expect(early.maps.map(({ channel }) => channel).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 40 }, (_, channel) => channel),
    )
    await expect(ask({ layer: 'nowhere' })).rejects.toMatchObject({ code: 'layer-not-found' })
  })

  it('agrees with what the heat map says of the object: some channel finds its place', async () => {
    const { maps, height, width } = await ask({ count: 64 })
    const centres = maps.map(({ values }) =>
      centreOf({ height, width, values: Float32Array.from(values, (value) => value / 255) }),
    )
    expect(Math.min(...centres.map((centre) => distance(centre, place)))).toBeLessThan(0.1)
  })
})

describe('the job that shows the filters of the first layer', () => {
  it('gives them as colours, each between its own extremes', async () => {
    const input = { runFolder: frozen, weights }
    const { filters } = jobs.colorFilters.output.parse(await trainer.start('colorFilters', input).output)
    expect(filters).toMatchObject({ layer: '_conv_stem', height: 3, width: 3, count: 32 })
    for (let filter = 0; filter < 32; filter += 1) {
      const tile = filters!.tiles.subarray(27 * filter, 27 * (filter + 1))
      expect([Math.min(...tile), Math.max(...tile)]).toEqual([0, 255])
    }
  })
})

describe('the job that averages heat maps', () => {
  it('is the mean of the maps of its images, each as strong as the others, and of the images', async () => {
    const other = await drawObject(join(folder, 'images'), 'ball-elsewhere', { x: 0.7, y: 0.3 })
    const input = {
      runFolder: frozen,
      images: [ball, other, { path: join(folder, 'gone.png'), sha256: 'f'.repeat(64) }],
      weights,
      engine: testEngine,
      method: 'grad-cam',
      class: 'ball',
      layer: null,
    }
    const found = jobs.meanMap.output.parse(await trainer.start('meanMap', input).output)
    expect(found).toMatchObject({ images: 2, layer: '_bn1_relu6', class: 'ball' })
    expect(found.skipped).toMatchObject([{ path: join(folder, 'gone.png') }])
    const single = await Promise.all(
      [ball, other].map(async (image) => (await explain({ ...image, class: 'ball' })).map.values),
    )
    const mean = Float32Array.from(single[0]!, (value, index) => (value + single[1]![index]!) / 2)
    const most = Math.max(...mean)
    found.map.values.forEach((value, index) => expect(value).toBeCloseTo(mean[index]! / most, 5))
    expect(await sharp(found.picture).metadata()).toMatchObject({ format: 'jpeg', width: 224, height: 224 })
    await expect(trainer.start('meanMap', { ...input, class: 'cat' }).output).rejects.toMatchObject({
      code: 'class-not-found',
    })
  })
})

describe('the job that finds the nearest training images', () => {
  const trainImages = () => manifest.images.filter(({ split }) => split === 'train')
  async function neighbours(runFolder: string, image: { path: string; sha256: string }, count = 5) {
    const images = trainImages().map(({ path, sha256 }) => ({ path, sha256 }))
    const input = { runFolder, ...image, images, count, weights, engine: testEngine, cache }
    const job = trainer.start('neighbours', input)
    return { events: job.events, ...jobs.neighbours.output.parse(await job.output) }
  }
  const computed = ({ events }: Awaited<ReturnType<typeof neighbours>>) =>
    events.flatMap((event) => (event.type === 'progress' && event.phase === 'features' ? [event.total] : []))

  it('are those of the same kind, nearest first, from the features that training kept', async () => {
    const found = await neighbours(frozen, ball)
    expect(found.neighbours).toHaveLength(5)
    const similarities = found.neighbours.map(({ similarity }) => similarity)
    expect(similarities).toEqual(similarities.toSorted((a, b) => b - a))
    expect(similarities.every((similarity) => similarity > 0 && similarity < 1)).toBe(true)
    expect(found.neighbours.map(({ position }) => trainImages()[position]!.classIndex)).toEqual([
      1, 1, 1, 1, 1,
    ])
    expect(computed(found).every((total) => total === 0)).toBe(true)
  })

  it('are without the image itself', async () => {
    const [first] = trainImages()
    const found = await neighbours(frozen, first!, 30)
    expect(found.neighbours).toHaveLength(23)
    expect(found.neighbours.map(({ position }) => position)).not.toContain(0)
  })

  it('are in the space of the trained layers, where these reach below the features', async () => {
    const tuned = await fit('tuned', {
      mode: 'fine-tune',
      freeze: { kind: 'until', layer: '_blocks.15._bn2' },
      epochs: 1,
      learningRate: 0.01,
    })
    const [byTuned, byFrozen] = [await neighbours(tuned, ball, 24), await neighbours(frozen, ball, 24)]
    expect(byTuned.neighbours).toHaveLength(24)
    const of = (one: typeof byTuned) =>
      one.neighbours.toSorted((a, b) => a.position - b.position).map(({ similarity }) => similarity)
    expect(of(byTuned)).not.toEqual(of(byFrozen))
  })

  it('are of a convolutional head too, which keeps the map', async () => {
    const flat = await fit('flat', { head: 'flatten,8:relu', epochs: 1, inputSize: 64 })
    expect((await neighbours(flat, ball, 3)).neighbours).toHaveLength(3)
  })
})
