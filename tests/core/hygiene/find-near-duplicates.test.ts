import sharp, { type Sharp } from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  findNearDuplicates,
  mergePairs,
  type ComparedPictures,
} from '../../../src/core/hygiene/find-near-duplicates.ts'
import { drawPicture } from '../../../src/imaging/draw-picture.ts'
import { layoutBytes, measurePixels, type Measurements } from '../../../src/imaging/measure.ts'
import { sampleClass } from '../../../src/imaging/sample-classes.ts'
import { createRandom } from '../../../src/models/random.ts'

const side = 160
const originals = 60

/** What is done to a picture that is to be recognized. */
const changes: Record<string, (image: Sharp, index: number) => Sharp> = {
  resized: (image, index) => image.resize(80 + (index % 5) * 30),
  recoded: (image) => image.jpeg({ quality: 35 }),
  cropped(image, index) {
    const random = createRandom({ seed: 1, purpose: 'crop', item: index })
    const cut = () => random.integer(Math.round(side * 0.08))
    const [left, top, right, bottom] = [cut(), cut(), cut(), cut()]
    return image.extract({ left, top, width: side - left - right, height: side - top - bottom })
  },
  brightened: (image) => image.linear(1.2, 8),
}

async function measure(image: Sharp): Promise<Measurements> {
  const { data, info } = await sharp(await image.toFormat('jpeg').toBuffer())
    .raw()
    .toBuffer({ resolveWithObject: true })
  return measurePixels(data, info.width, info.height)
}

function toPictures(all: readonly Measurements[], isNew?: Uint8Array): ComparedPictures {
  const words = all.map(({ perceptualHash }) => new DataView(perceptualHash.buffer))
  const layouts = new Uint8Array(all.length * layoutBytes)
  all.forEach(({ layout }, index) => layouts.set(layout, index * layoutBytes))
  return {
    high: Uint32Array.from(words, (view) => view.getUint32(0)),
    low: Uint32Array.from(words, (view) => view.getUint32(4)),
    layouts,
    isNew: isNew ?? new Uint8Array(all.length).fill(1),
  }
}

const find = (pictures: ComparedPictures) =>
  findNearDuplicates(pictures, () => {}).map(({ a, b }) => [a, b] as const)

/** 60 drawn pictures, then each again, changed in one of the four ways in turn. */
let measured: Measurements[]

beforeAll(async () => {
  const drawn = (index: number) =>
    sharp(drawPicture(sampleClass(index % 12), side, 9, index), {
      raw: { width: side, height: side, channels: 3 },
    })
  const ways = Object.values(changes)
  measured = [
    ...(await Promise.all(Array.from({ length: originals }, (_, index) => measure(drawn(index))))),
    ...(await Promise.all(
      Array.from({ length: originals }, async (_, index) => {
        const way = ways[index % ways.length]
        if (!way) throw new Error('no way')
        return measure(way(drawn(index), index))
      }),
    )),
  ]
})

describe('findNearDuplicates', () => {
  it('finds pictures that were resized, encoded again, cut and brightened, and no others', () => {
    const pairs = find(toPictures(measured))
    const wanted = Array.from({ length: originals }, (_, index) => `${index} ${index + originals}`)
    const found = pairs.map((pair) => pair.join(' '))
    const right = found.filter((pair) => wanted.includes(pair)).length
    expect(right / wanted.length).toBeGreaterThanOrEqual(0.95)
    expect(right / found.length).toBeGreaterThanOrEqual(0.95)
  })

  it('looks for the pairs of new pictures only, and finds the same of them', () => {
    const isNew = new Uint8Array(measured.length).map((_, index) => (index >= originals ? 1 : 0))
    expect(find(toPictures(measured, isNew)).sort()).toEqual(find(toPictures(measured)).sort())
    expect(find(toPictures(measured, new Uint8Array(measured.length)))).toEqual([])
  })

  it('finds the same, with the same similarities, however many processes share the pictures out', () => {
    const pictures = toPictures(measured)
    const sharedBy = (of: number) =>
      mergePairs(
        Array.from({ length: of }, (_, part) => findNearDuplicates(pictures, () => {}, { part, of })),
      )
    const alone = sharedBy(1)
    expect(alone.length).toBeGreaterThan(50)
    expect(sharedBy(2)).toEqual(alone)
    expect(sharedBy(5)).toEqual(alone)
  })

  it('takes plain pictures for nothing, since there is nothing to tell them by', async () => {
    const plain = await Promise.all(
      [0, 1].map(() =>
        measure(sharp({ create: { width: 64, height: 64, channels: 3, background: '#777777' } })),
      ),
    )
    expect(find(toPictures(plain))).toEqual([])
  })

  it('keeps pictures apart that differ in colour only', async () => {
    const { index } = measured
      .slice(0, originals)
      .map(({ saturation }, at) => ({ index: at, saturation }))
      .reduce((most, one) => (one.saturation > most.saturation ? one : most))
    const drawn = drawPicture(sampleClass(index % 12), side, 9, index)
    const raw = { width: side, height: side, channels: 3 } as const
    const [one, other] = await Promise.all([
      measure(sharp(drawn, { raw })),
      measure(
        sharp(drawn, { raw }).recomb([
          [0, 0, 1],
          [0, 1, 0],
          [1, 0, 0],
        ]),
      ),
    ])
    expect(find(toPictures([one as Measurements, other as Measurements]))).toEqual([])
  })

  it('ends in time where thousands of pictures are the same', () => {
    const same = Array.from({ length: 2000 }, () => measured[0] as Measurements)
    const pairs = find(toPictures(same))
    // All hang together.
    expect(new Set(pairs.flat()).size).toBe(2000)
  }, 60_000)
})
