import { fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ManifestImage } from '../../../src/contract/jobs.ts'
import { parseAugmentations } from '../../../src/models/training/augmentations.ts'
import { createAugmenter } from '../../../src/ml/augmentations/index.ts'
import { decodeForNetwork } from '../../../src/trainer/decode-for-network.ts'
import type { FrozenPart } from '../../../src/trainer/frozen-part.ts'
import { preprocessingFor } from '../../../src/trainer/frozen-part.ts'
import { openRecordSource, type RecordSource } from '../../../src/trainer/records/record-source.ts'
import { createTrainingAugmentation } from '../../../src/trainer/training-augmentation.ts'
import { chooseEngine, testEngine } from '../../ml/engine.ts'
import { drawDataset } from '../drawn-dataset.ts'
import { quietContext, smallPart, smallPreprocessing, smallValues } from '../small-part.ts'

const home = mkdtempSync(join(tmpdir(), 'thaw-records-'))
let images: ManifestImage[]
let folder: string
const trainPositions = [0, 1, 2, 3, 4, 5]
const validationPositions = [6, 7, 8]
const everywhere = [...trainPositions, ...validationPositions]

beforeAll(async () => {
  await chooseEngine(testEngine)
  images = (await drawDataset(join(home, 'images'), { train: 6, validation: 3, test: 0 })).images
})
beforeEach(() => (folder = mkdtempSync(join(home, 'cache-'))))
afterAll(() => rmSync(home, { recursive: true, force: true }))

interface Opening {
  part?: FrozenPart
  images?: readonly ManifestImage[]
  memoryBudgetBytes?: number
  diskBudgetBytes?: number
  folder?: string
  augment?: string
  augmentVariants?: number
  epochs?: number
  seed?: number
}

async function open(options: Opening = {}) {
  const { augment = '', augmentVariants = 3, epochs = 6, seed = 4 } = options
  const context = quietContext()
  const source = await openRecordSource(
    options.images ?? images,
    options.part ?? smallPart(),
    { folder, memoryBudgetBytes: 1e9, diskBudgetBytes: 1e9, ...options },
    context,
    createTrainingAugmentation({ augment, augmentVariants, epochs, seed }, trainPositions),
  )
  return { source, context }
}
/** Opens, reads everything as it is, and closes. */
async function readAll(options: Opening = {}) {
  const { source } = await open(options)
  const values = Float32Array.from((await source.read(everywhere)).input)
  source.close()
  return { cached: source.cached, values, kind: source.kind }
}
const valuesOf = async (source: RecordSource, positions: readonly number[], epoch?: number) =>
  Float32Array.from((await source.read(positions, { epoch })).input)

describe('records', () => {
  it('come from the cache when they were computed before, and are the same', async () => {
    const first = await readAll()
    const second = await readAll()
    expect([first.cached, second.cached]).toEqual([0, 9])
    expect(second.values).toEqual(first.values)
    expect(first.values).toHaveLength(9 * 4 * 4 * 4)
  })

  it('are the same from memory, from the disk, from some of both, and computed again', async () => {
    const { recordBytes } = smallPart()
    const resident = await readAll()
    for (const options of [
      { memoryBudgetBytes: 0 },
      { memoryBudgetBytes: 4 * recordBytes + 1 },
      { memoryBudgetBytes: 0, diskBudgetBytes: 0, folder: join(home, 'never') },
      { memoryBudgetBytes: 2 * recordBytes, diskBudgetBytes: 0, folder: join(home, 'never') },
    ]) {
      const streamed = await readAll(options)
      expect(streamed.kind).toBe('streamed')
      expect(streamed.values).toEqual(resident.values)
    }
    expect(resident.kind).toBe('resident')
    expect(readdirSync(join(home, 'never', smallPart().key))).toEqual(['used'])
  })

  it('take half of the place in half precision, at 3 digits, and none of it where floats are asked for', async () => {
    const half = await readAll()
    const part = smallPart({ precision: 'float32' })
    const whole = await readAll({ part })
    expect(whole.cached).toBe(0)
    expect(smallPart().recordBytes).toBe(4 + part.recordBytes / 2)
    const scale = Math.max(...whole.values.map(Math.abs))
    whole.values.forEach((value, index) =>
      expect(Math.abs(half.values[index]! - value)).toBeLessThan(2 ** -11 * scale),
    )
    expect(half.values).not.toEqual(whole.values)
  })

  it('keep values that half precision alone has no room for', async () => {
    const large = smallPart({
      values: () =>
        new Map(
          [...smallValues()].map(([name, values]) => [
            name,
            values.map((value) => value * (name === 'b/kernel' ? 1e6 : 1)),
          ]),
        ),
    })
    const { values } = await readAll({ part: large, folder: join(home, 'large') })
    expect(Math.max(...values.map(Math.abs))).toBeGreaterThan(65_504)
    expect(values.every(Number.isFinite)).toBe(true)
  })
})

describe('a record is never met for', () => {
  it('an image that was changed and imported again', async () => {
    const before = await readAll()
    const bytes = await sharp(images[2]!.path).negate().jpeg().toBuffer()
    const path = join(home, 'changed.jpg')
    writeFileSync(path, bytes)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const changed = images.map((image, index) => (index === 2 ? { ...image, path, sha256 } : image))
    const after = await readAll({ images: changed })
    expect(after.cached).toBe(8)
    const size = after.values.length / 9
    const rowOf = (values: Float32Array, row: number) => values.subarray(row * size, (row + 1) * size)
    expect(rowOf(after.values, 2)).not.toEqual(rowOf(before.values, 2))
    expect(rowOf(after.values, 3)).toEqual(rowOf(before.values, 3))
  })

  it('a file that was changed behind its hash: it is left out, and nothing is kept for it', async () => {
    const path = join(home, 'replaced.jpg')
    writeFileSync(path, readFileSync(images[5]!.path))
    const replaced = images.map((image, index) => (index === 2 ? { ...image, path } : image))
    const { source, context } = await open({ images: replaced })
    expect((await source.read([1, 2, 3])).rows).toEqual([1, 3])
    expect(source.skipped.get(2)).toMatchObject({ path, detail: expect.stringContaining('changed') })
    expect(context.events.filter(({ type }) => type === 'notice')).toHaveLength(1)
    source.close()
    expect((await readAll()).cached).toBe(8)
  })

  it.each([
    ['other weights', { weightsSha256: 'two' }],
    [
      'another mean',
      {
        preprocessing: preprocessingFor(smallPreprocessing, {
          normalization: { mean: [0.1, 0.5, 0.5], standardDeviation: [0.2, 0.2, 0.2] },
        }),
      },
    ],
    ['another way to scale', { preprocessing: { ...smallPreprocessing, resize: 'stretch' } }],
    ['another order of channels', { preprocessing: { ...smallPreprocessing, channels: 'bgr' } }],
    ['another boundary', { boundary: 'relu' }],
  ] as const)('%s', async (_name, changes) => {
    await readAll()
    expect((await readAll()).cached).toBe(9)
    expect((await readAll({ part: smallPart(changes) })).cached).toBe(0)
  })

  it('another decoder', async () => {
    const { key } = smallPart()
    vi.resetModules()
    vi.doMock('../../../src/imaging/decode.ts', async (original) => ({
      ...(await original<object>()),
      decodeVersion: 1_000_000,
    }))
    const { smallPart: later } = await import('../small-part.ts')
    expect(later().key).not.toBe(key)
    vi.doUnmock('../../../src/imaging/decode.ts')
    vi.resetModules()
  })

  it('another augmentation, another seed, or more variants than there were', async () => {
    const augmented = { augment: 'flip,crop:2' }
    const cachedWith = async (changes: Opening) => {
      const { source } = await open({ ...augmented, ...changes })
      source.close()
      return source.cached
    }
    expect(await cachedWith({})).toBe(0)
    expect(await cachedWith({})).toBe(6 * 3 + 3)
    expect(await cachedWith({ augment: 'flip,crop:3' })).toBe(3)
    expect(await cachedWith({ seed: 5 })).toBe(3)
    expect(await cachedWith({ augmentVariants: 4 })).toBe(6 * 3 + 3)
  })
})

describe('augmented training images', () => {
  const augment = 'flip,crop:2,noise:0.2'

  it('are variants by seed, hash and epoch, the same in every way they are kept', async () => {
    const part = smallPart()
    const augmenter = createAugmenter(parseAugmentations(augment), 4)
    const { source } = await open({ augment })
    const { keptVariantOf } = createTrainingAugmentation(
      { augment, augmentVariants: 3, epochs: 6, seed: 4 },
      trainPositions,
    )!
    expect([1, 2, 3].map(keptVariantOf).sort()).toEqual([1, 2, 3])
    expect([4, 5, 6].map(keptVariantOf).sort()).toEqual([1, 2, 3])
    for (const epoch of [1, 2, 5]) {
      const pixels = (await decodeForNetwork(images[3]!.path, '', part.decode)) as Uint8Array
      const key = { sha256: images[3]!.sha256, variant: keptVariantOf(epoch) }
      const [record] = await part.compute([augmenter.augment({ pixels, height: 8, width: 8 }, key)])
      const expected = new Float32Array(part.length)
      part.expand(record!, expected, 0)
      const actual = await valuesOf(source, [3], epoch)
      expected.forEach((value, index) => expect(actual[index]).toBeCloseTo(value, 2))
    }
    const epochs: Float32Array[] = []
    for (const epoch of [1, 2, 3]) epochs.push(await valuesOf(source, trainPositions, epoch))
    expect(epochs[0]).not.toEqual(epochs[1])
    source.close()
    for (const options of [{ memoryBudgetBytes: 0 }, { memoryBudgetBytes: 10 * part.recordBytes }]) {
      const { source: other } = await open({ augment, ...options })
      expect(other.kind).toBe('streamed')
      expect(await valuesOf(other, trainPositions, 1)).toEqual(epochs[0])
      expect(await valuesOf(other, trainPositions, 3)).toEqual(epochs[2])
      other.close()
    }
  })

  it('leave validation images, and every image that is read without an epoch, as they are', async () => {
    const plain = await readAll()
    for (const boundary of ['sum', 'image']) {
      const part = smallPart({ boundary })
      const clean = boundary === 'sum' ? plain : await readAll({ part, folder: join(home, 'pixels') })
      const { source } = await open({ augment, part })
      const size = part.length
      expect(await valuesOf(source, validationPositions, 2)).toEqual(clean.values.subarray(6 * size))
      expect(await valuesOf(source, everywhere)).toEqual(clean.values)
      expect(await valuesOf(source, trainPositions, 2)).not.toEqual(clean.values.subarray(0, 6 * size))
      source.close()
    }
  })

  it('are new in every epoch, and not kept, where no number of variants is given', async () => {
    const { source } = await open({ augment, augmentVariants: 0 })
    const [one, two, again] = [
      await valuesOf(source, trainPositions, 1),
      await valuesOf(source, trainPositions, 2),
      await valuesOf(source, trainPositions, 1),
    ]
    source.close()
    expect(source.kind).toBe('streamed')
    expect(again).toEqual(one)
    expect(two).not.toEqual(one)
    expect(readdirSync(folder)).toEqual([smallPart().key])
    expect((await readAll()).cached).toBe(3)
  })

  it('are drawn from the kept picture in every epoch where nothing is frozen', async () => {
    const part = smallPart({ boundary: 'image' })
    const { source } = await open({ augment, part, augmentVariants: 2 })
    const texts = new Set<string>()
    for (const epoch of [1, 2, 3, 4]) texts.add((await valuesOf(source, trainPositions, epoch)).join())
    expect(texts.size).toBe(4)
    expect(source.kind).toBe('resident')
    source.close()
    expect((await readAll({ part })).cached).toBe(9)
  })

  it('are computed only as far as the epochs go', async () => {
    const { source } = await open({ augment, augmentVariants: 50, epochs: 2 })
    source.close()
    const { source: again } = await open({ augment, augmentVariants: 50, epochs: 2 })
    expect(again.cached).toBe(6 * 2 + 3)
    again.close()
  })
})

it('uses what was written before a crash', async () => {
  const { images: many, classes } = await drawDataset(join(home, 'many'), {
    train: 60,
    validation: 0,
    test: 0,
  })
  const manifestPath = join(home, 'many.json')
  writeFileSync(manifestPath, JSON.stringify({ classes, images: many }))
  const child = fork(fileURLToPath(new URL('../fill-cache.ts', import.meta.url)), [manifestPath, folder], {
    execArgv: [],
    stdio: 'ignore',
  })
  const exited = new Promise<string | null>((resolve) => child.on('exit', (_code, signal) => resolve(signal)))
  const key = join(folder, smallPart().key)
  const written = (): number =>
    existsSync(key)
      ? readdirSync(key).reduce(
          (sum, name) => sum + (name.endsWith('.index') ? statSync(join(key, name)).size / 48 : 0),
          0,
        )
      : 0
  while (written() < 4) await delay(20)
  child.kill('SIGKILL')
  expect(await exited).toBe('SIGKILL')
  const kept = written()
  expect(kept).toBeLessThan(60)
  const { source } = await open({ images: many })
  expect(source.cached).toBe(kept)
  const values = await valuesOf(
    source,
    many.map((_, index) => index),
  )
  source.close()
  const { source: fresh } = await open({ images: many, folder: join(home, 'fresh') })
  const expected = await valuesOf(
    fresh,
    many.map((_, index) => index),
  )
  fresh.close()
  values.forEach((value, index) => expect(value).toBeCloseTo(expected[index]!, 2))
})
