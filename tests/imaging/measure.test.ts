import sharp, { type Sharp } from 'sharp'
import { describe, expect, it } from 'vitest'
import { drawPicture } from '../../src/imaging/draw-picture.ts'
import { layoutBytes, measurePixels, type Measurements } from '../../src/imaging/measure.ts'
import { perceptualHasher } from '../../src/imaging/perceptual-hash.ts'
import { sampleClass } from '../../src/imaging/sample-classes.ts'

const side = 160
const drawn = (index: number) =>
  sharp(drawPicture(sampleClass(index), side, 5, index), { raw: { width: side, height: side, channels: 3 } })

async function measure(image: Sharp): Promise<Measurements> {
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true })
  expect(info.channels).toBe(3)
  return measurePixels(data, info.width, info.height)
}

/** Again from its bytes, so that what was asked of it is done first. */
const saved = async (image: Sharp, quality = 90) => sharp(await image.jpeg({ quality }).toBuffer())

const plain = (red: number, green: number, blue: number, width = 40, height = 30) =>
  sharp({ create: { width, height, channels: 3, background: { r: red, g: green, b: blue } } })

function differentBits(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((sum, byte, index) => {
    let bits = 0
    for (let rest = byte ^ (b[index] ?? 0); rest > 0; rest >>= 1) bits += rest & 1
    return sum + bits
  }, 0)
}

describe('measurePixels', () => {
  it('gives brightness as luma from black to white, and contrast as its deviation', async () => {
    expect(await measure(plain(0, 0, 0))).toMatchObject({ brightness: 0, contrast: 0, sharpness: 0 })
    expect((await measure(plain(255, 255, 255))).brightness).toBeCloseTo(1, 4)
    expect((await measure(plain(0, 255, 0))).brightness).toBeCloseTo(0.587, 3)
    const halves = new Uint8Array(20 * 10 * 3).map((_, index) => (index % 60 < 30 ? 0 : 255))
    const { brightness, contrast } = measurePixels(halves, 20, 10)
    expect(brightness).toBeCloseTo(0.5, 3)
    expect(contrast).toBeCloseTo(0.5, 3)
  })

  it('gives saturation 0 to grey pictures and the spread of the channels to others', async () => {
    expect((await measure(plain(90, 90, 90))).saturation).toBe(0)
    expect((await measure(plain(255, 51, 0))).saturation).toBeCloseTo(1, 3)
    const colourless = await measure(await saved(drawn(2).greyscale().toColourspace('srgb')))
    expect(colourless.saturation).toBeLessThan(0.005)
    expect((await measure(drawn(2))).saturation).toBeGreaterThan(0.03)
  })

  it.each([0, 1, 2, 3, 4])('finds drawn picture %i less sharp the more it is blurred', async (index) => {
    const sharpness = await Promise.all(
      [0, 1, 2, 4].map(
        async (sigma) =>
          (await measure(await saved(sigma ? drawn(index).blur(sigma) : drawn(index)))).sharpness,
      ),
    )
    expect(sharpness).toEqual([...sharpness].sort((a, b) => b - a))
    expect(sharpness[2]).toBeLessThan((sharpness[0] ?? 0) / 4)
  })

  it('sees nothing sharp in a picture of fewer than three pixels a side', () => {
    expect(measurePixels(Uint8Array.of(0, 0, 0, 255, 255, 255), 2, 1)).toMatchObject({ sharpness: 0 })
    expect(measurePixels(Uint8Array.of(10, 20, 30), 1, 1).layout).toHaveLength(layoutBytes)
  })

  it('keeps the picture in little: luma of each part, and the colours', async () => {
    const { layout } = await measure(plain(0, 0, 255))
    expect(new Set(layout.subarray(0, 1024))).toEqual(new Set([29]))
    expect(new Set(layout.subarray(1024, 1088))).toEqual(new Set([128 + Math.round(0.564 * (255 - 29.07))]))
    expect(new Set(layout.subarray(1088))).toEqual(new Set([128 + Math.round(0.713 * -29.07)]))
    const ramp = measurePixels(
      new Uint8Array(100 * 50 * 3).map((_, index) => Math.floor((index / 3) % 100) * 2),
      100,
      50,
    )
    const row = [...ramp.layout.subarray(0, 32)]
    expect(row).toEqual([...row].sort((a, b) => a - b))
    expect(row[0]).toBeLessThan(5)
    expect(row[31]).toBeGreaterThan(194)
  })
})

describe('the perceptual hash', () => {
  it.each([0, 3, 6, 9])('of drawn picture %i hardly changes by size, coding or light', async (index) => {
    const { perceptualHash } = await measure(drawn(index))
    for (const changed of [
      await saved(drawn(index).resize(90, 90)),
      await saved(drawn(index), 30),
      await saved(drawn(index).linear(1.15, 8)),
    ]) {
      expect(differentBits(perceptualHash, (await measure(changed)).perceptualHash)).toBeLessThanOrEqual(8)
    }
  })

  it('of different pictures differs in about half of its bits', async () => {
    const hashes = await Promise.all(
      Array.from({ length: 10 }, async (_, index) => (await measure(drawn(index))).perceptualHash),
    )
    const distances = hashes.flatMap((hash, index) =>
      hashes.slice(index + 1).map((other) => differentBits(hash, other)),
    )
    expect(Math.min(...distances)).toBeGreaterThan(12)
    expect(distances.reduce((a, b) => a + b) / distances.length).toBeCloseTo(32, -1)
  })

  it('has as many bits set as not, being cut at the median', async () => {
    const { perceptualHash } = await measure(drawn(4))
    expect(differentBits(perceptualHash, new Uint8Array(8))).toBe(32)
  })

  it('of a window is near that of the picture cut to it', async () => {
    const cut = await measure(
      await saved(drawn(5).extract({ left: 16, top: 0, width: side - 16, height: side - 8 })),
    )
    const { layout } = await measure(drawn(5))
    const words = perceptualHasher({ left: 0.1, top: 0, right: 0, bottom: 0.05 })(layout)
    const bytes = new Uint8Array(8)
    words.forEach((word, index) => new DataView(bytes.buffer).setUint32(index * 4, word))
    expect(differentBits(bytes, cut.perceptualHash)).toBeLessThanOrEqual(6)
  })
})
