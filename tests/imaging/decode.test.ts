import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, describe, expect, it } from 'vitest'
import { decodeImage, type DecodeOptions } from '../../src/imaging/decode.ts'

const folder = mkdtempSync(join(tmpdir(), 'thaw-decode-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const small = { width: 4, height: 4, resize: 'cover' } as const satisfies DecodeOptions
const noise = (length: number) =>
  Buffer.from(Uint8Array.from({ length }, (_, index) => (index * 97 + 31) % 256))
const drawn = (width: number, height: number, channels: 1 | 2 | 3 | 4 = 3) =>
  sharp(noise(width * height * channels), { raw: { width, height, channels } })
/** Left half red, right half blue. */
const halves = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#ff0000' } }).composite([
    {
      input: { create: { width: width / 2, height, channels: 3, background: '#0000ff' } },
      left: width / 2,
      top: 0,
    },
  ])

async function pixelsOf(bytes: Buffer, options: DecodeOptions = small): Promise<number[]> {
  const decoded = await decodeImage(bytes, options)
  if (!(decoded instanceof Uint8Array)) throw new Error(decoded.detail)
  expect(decoded).toHaveLength(options.width * options.height * 3)
  return Array.from(decoded)
}
const pixelAt = (pixels: number[], position: number) => pixels.slice(position * 3, position * 3 + 3)

describe('decodeImage', () => {
  it('hands a picture that has the size on bit for bit', async () => {
    const options = { width: 24, height: 16, resize: 'cover' } as const
    expect(await pixelsOf(await drawn(24, 16).png().toBuffer(), options)).toEqual(
      Array.from(noise(24 * 16 * 3)),
    )
  })

  it('turns a picture upright before it is cut', async () => {
    // Orientation 6: the camera lay on its side, the left half of the file is the upper half of the picture.
    const turned = await halves(16, 8).withMetadata({ orientation: 6 }).png().toBuffer()
    const pixels = await pixelsOf(turned, { width: 4, height: 8, resize: 'stretch' })
    expect(pixelAt(pixels, 1)).toEqual([255, 0, 0])
    expect(pixelAt(pixels, 4 * 7 + 1)).toEqual([0, 0, 255])
  })

  it('cuts the overhang off evenly, or squeezes it in', async () => {
    const wide = await sharp(await halves(64, 16).png().toBuffer())
      .extend({ left: 32, right: 32, background: '#00ff00' })
      .png()
      .toBuffer()
    const options = { width: 16, height: 16 } as const
    const covered = await pixelsOf(wide, { ...options, resize: 'cover' })
    expect(pixelAt(covered, 16 * 8)).toEqual([255, 0, 0])
    expect(pixelAt(covered, 16 * 8 + 15)).toEqual([0, 0, 255])
    const stretched = await pixelsOf(wide, { ...options, resize: 'stretch' })
    expect(pixelAt(stretched, 16 * 8)).toEqual([0, 255, 0])
  })

  it('makes three channels of grey, grey with alpha, 16 bits and CMYK', async () => {
    const grey = sharp({ create: { width: 8, height: 8, channels: 3, background: '#808080' } })
    const variants = {
      grey: grey.clone().toColourspace('b-w').png(),
      'grey with alpha': grey.clone().ensureAlpha().toColourspace('b-w').png(),
      '16 bits': grey.clone().toColourspace('rgb16').png(),
      CMYK: grey.clone().toColourspace('cmyk').jpeg({ quality: 100 }),
    }
    for (const [name, image] of Object.entries(variants)) {
      for (const value of await pixelsOf(await image.toBuffer())) {
        expect(Math.abs(value - 128), name).toBeLessThan(name === 'CMYK' ? 16 : 2)
      }
    }
  })

  it('puts transparency on white', async () => {
    const clear = await sharp({
      create: { width: 8, height: 8, channels: 4, background: { r: 255, g: 0, b: 0, alpha: 0 } },
    })
      .png()
      .toBuffer()
    expect(new Set(await pixelsOf(clear))).toEqual(new Set([255]))
  })

  it('takes the first frame of several', async () => {
    const frames = Buffer.concat([Buffer.alloc(8 * 8 * 3, 10), Buffer.alloc(8 * 8 * 3, 240)])
    const gif = await sharp(frames, { raw: { width: 8, height: 16, channels: 3, pageHeight: 8 } })
      .gif()
      .toBuffer()
    expect(Math.max(...(await pixelsOf(gif)))).toBeLessThan(40)
  })

  it('names the reason of a file that is no whole picture', async () => {
    const jpeg = await drawn(64, 64).jpeg().toBuffer()
    const reasonOf = async (bytes: Buffer) => {
      const decoded = await decodeImage(bytes, small)
      return decoded instanceof Uint8Array ? null : decoded.reason
    }
    expect(await reasonOf(jpeg)).toBeNull()
    expect(await reasonOf(jpeg.subarray(0, jpeg.length / 2))).toBe('truncated')
    expect(await reasonOf(Buffer.from('<!doctype html><title>404</title>'))).toBe('not-an-image')
  })

  it('reads a path, and names what is wrong with it', async () => {
    const path = join(folder, 'picture.png')
    writeFileSync(path, await drawn(8, 8).png().toBuffer())
    expect(await decodeImage(path, small)).toBeInstanceOf(Uint8Array)
    expect(await decodeImage(join(folder, 'gone.png'), small)).toMatchObject({ reason: 'unreadable' })
    writeFileSync(path, '')
    expect(await decodeImage(path, small)).toMatchObject({ reason: 'empty' })
  })

  it('converts a picture by its colour profile', async () => {
    const wide = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#00c800' } })
      .withIccProfile('p3')
      .png()
      .toBuffer()
    const plain = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#00c800' } })
      .png()
      .toBuffer()
    const stored = await sharp(wide, { ignoreIcc: true }).raw().toBuffer()
    const decoded = pixelAt(await pixelsOf(wide), 0)
    // What is stored are P3's numbers, which are duller; what comes out is the colour again.
    expect(stored[1]).not.toBe(200)
    for (const [channel, value] of [0, 200, 0].entries()) {
      expect(Math.abs(decoded[channel]! - value)).toBeLessThan(4)
    }
    expect(pixelAt(await pixelsOf(plain), 0)).toEqual([0, 200, 0])
  })
})
