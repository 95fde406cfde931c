import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp, { type Sharp } from 'sharp'
import { afterAll, describe, expect, it } from 'vitest'
import { decodeImage, type DecodeOptions } from '../../src/imaging/decode.ts'
import { decodeForNetwork } from '../../src/trainer/decode-for-network.ts'
import { nativeDecoder } from '../../src/trainer/engines/native-decoder/native-decoder.ts'
import { nativeAddonProblem } from '../../src/trainer/engines/native-installation/location.mjs'

const shared = fileURLToPath(new URL('../../../shared/data/', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'thaw-network-pixels-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const problem = nativeAddonProblem('jpeg-decoder')
if (problem !== null) console.warn(`Tests of the native decoder are skipped: ${problem}`)
if (!existsSync(shared))
  console.warn('Tests of the native decoder with photographs are skipped: needs ../shared')

let files = 0
function fileOf(bytes: Buffer): string {
  const path = join(folder, `${(files += 1)}`)
  writeFileSync(path, bytes)
  return path
}

const native = (path: string, { width, height, resize }: DecodeOptions, sha256 = '') =>
  nativeDecoder()!.decode(path, sha256, width, height, resize === 'stretch')

async function ofSharp(path: string, options: DecodeOptions): Promise<Uint8Array> {
  const pixels = await decodeImage(path, options)
  if (!(pixels instanceof Uint8Array)) throw new Error(pixels.detail)
  return pixels
}

/** Mean over all values, of 255. */
function meanDifference(one: Uint8Array, other: Uint8Array): number {
  expect(one).toHaveLength(other.length)
  return one.reduce((sum, value, index) => sum + Math.abs(value - other[index]!), 0) / one.length
}

/** A picture without any symmetry: a ramp in each channel, with edges that a wrong scale or place would move. */
function drawn(width: number, height: number): Sharp {
  const pixels = Buffer.alloc(width * height * 3)
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const square = (Math.floor(x / 11) + Math.floor(y / 17)) % 2
      pixels.set(
        [(x / width) * 255, (y / height) * 255, square * 200 + (x > y ? 40 : 0)],
        (y * width + x) * 3,
      )
    }
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } })
}
const encoded = async (picture: Sharp, options: object = {}): Promise<string> =>
  fileOf(await picture.jpeg({ quality: 90, ...options }).toBuffer())

const small = { width: 60, height: 40, resize: 'cover' } as const satisfies DecodeOptions

describe.skipIf(problem !== null)('the native decoder', () => {
  it.skipIf(!existsSync(shared))('makes of photographs what sharp makes of them', async () => {
    const paths = ['hymenoptera', 'flowers17'].flatMap((name) =>
      readdirSync(join(shared, name), { recursive: true, encoding: 'utf8' })
        .filter((path) => path.endsWith('.jpg'))
        .filter((_, index) => index % 97 === 0)
        .map((path) => join(shared, name, path)),
    )
    expect(paths.length).toBeGreaterThan(12)
    const sizes: DecodeOptions[] = [
      { width: 224, height: 224, resize: 'cover' },
      { width: 224, height: 224, resize: 'stretch' },
      { width: 112, height: 96, resize: 'cover' },
      { width: 64, height: 64, resize: 'stretch' },
      { width: 32, height: 32, resize: 'cover' },
    ]
    let taken = 0
    for (const path of paths) {
      for (const options of sizes) {
        const pixels = await native(path, options)
        if (pixels === null) continue
        taken += 1
        expect(meanDifference(pixels, await ofSharp(path, options)), path).toBeLessThanOrEqual(2)
      }
    }
    // Some may have a profile of their own.
    expect(taken).toBeGreaterThan(0.9 * paths.length * sizes.length)
  })

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('turns orientation %i upright', async (orientation) => {
    const path = await encoded(drawn(203, 151).withExif({ IFD0: { Orientation: String(orientation) } }))
    for (const resize of ['cover', 'stretch'] as const) {
      const options = { ...small, resize }
      const pixels = await native(path, options)
      expect(meanDifference(pixels!, await ofSharp(path, options)), resize).toBeLessThanOrEqual(2)
    }
  })

  it.each([
    ['progressive', { progressive: true }],
    ['without subsampling', { chromaSubsampling: '4:4:4' }],
    ['optimised', { mozjpeg: true }],
  ])('takes a file that is %s', async (_, options) => {
    const path = await encoded(drawn(640, 480), options)
    for (const size of [small, { width: 224, height: 224, resize: 'stretch' } as const]) {
      expect(meanDifference((await native(path, size))!, await ofSharp(path, size))).toBeLessThanOrEqual(2)
    }
  })

  it('makes three equal channels of a grey file', async () => {
    const path = await encoded(drawn(300, 200).toColourspace('b-w'))
    expect((await sharp(path).metadata()).channels).toBe(1)
    const pixels = (await native(path, small))!
    expect(meanDifference(pixels, await ofSharp(path, small))).toBeLessThanOrEqual(2)
    expect(pixels.every((value, index) => value === pixels[index - (index % 3)])).toBe(true)
  })

  it('hands a picture on that has the size already', async () => {
    const path = await encoded(drawn(60, 40))
    expect(meanDifference((await native(path, small))!, await ofSharp(path, small))).toBeLessThanOrEqual(0.5)
  })

  it.each([
    [1000, 40],
    [61, 900],
    [60, 40],
    [1999, 1501],
  ])('reduces %i x %i pixels', async (width, height) => {
    const path = await encoded(drawn(width, height))
    for (const resize of ['cover', 'stretch'] as const) {
      const options = { ...small, resize }
      const pixels = await native(path, options)
      expect(meanDifference(pixels!, await ofSharp(path, options)), resize).toBeLessThanOrEqual(2)
    }
  })

  it('leaves what it does not take to the general decoder, with the same answer', async () => {
    const whole = await drawn(200, 150).jpeg().toBuffer()
    const broken = Buffer.from(whole)
    broken.writeUInt16BE(0xffff, whole.indexOf(Buffer.from([0xff, 0xda])) + 40)
    const paths = {
      png: fileOf(await drawn(200, 150).png().toBuffer()),
      cmyk: await encoded(drawn(200, 150).toColourspace('cmyk')),
      profile: await encoded(drawn(200, 150).withIccProfile('p3')),
      'too small': await encoded(drawn(50, 90)),
      truncated: fileOf(whole.subarray(0, whole.length >> 1)),
      'cut off': fileOf(whole.subarray(0, whole.length - 2)),
      'an end mark after half': fileOf(
        Buffer.concat([whole.subarray(0, whole.length >> 1), Buffer.from([0xff, 0xd9])]),
      ),
      broken: fileOf(broken),
      empty: fileOf(Buffer.alloc(0)),
      text: fileOf(Buffer.from('not a picture')),
      missing: join(folder, 'missing.jpg'),
      folder,
    }
    for (const [name, path] of Object.entries(paths)) {
      expect(await native(path, small), name).toBeNull()
      expect(await decodeForNetwork(path, '', small), name).toEqual(await decodeImage(path, small))
    }
  })

  it('is the one that decodes for networks', async () => {
    const path = await encoded(drawn(640, 480))
    const pixels = await native(path, small)
    expect(await decodeForNetwork(path, '', small)).toEqual(pixels)
  })

  it('takes only the file that its hash names', async () => {
    const path = await encoded(drawn(200, 150))
    const sha256 = createHash('sha256').update(readFileSync(path)).digest('hex')
    const other = sha256.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'))
    expect(await native(path, small, sha256)).toBeInstanceOf(Uint8Array)
    expect(await native(path, small, other)).toBeNull()
    expect(await native(path, small, sha256.slice(1))).toBeNull()
    expect(await decodeForNetwork(path, sha256, small)).toBeInstanceOf(Uint8Array)
    expect(await decodeForNetwork(path, other, small)).toMatchObject({
      reason: 'unreadable',
      detail: expect.stringMatching(/file was changed/) as string,
    })
  })

  it('refuses sizes and paths that make no sense, and goes on', async () => {
    const { decode } = nativeDecoder()!
    const path = await encoded(drawn(200, 150))
    expect(() => decode(path, '', 0, 40, false)).toThrow(/width and a height from 1 to 16384/)
    expect(() => decode(path, '', 40, 20_000, false)).toThrow(/width and a height from 1 to 16384/)
    expect(() => decode(`${path}\0`, '', 40, 40, false)).toThrow(TypeError)
    expect(await decode(path, '', 40, 40, false)).toHaveLength(4800)
  })

  // libjpeg says on standard error what it dislikes.
  it('survives 500 damaged files: either pixels of the right size or none', { timeout: 60_000 }, async () => {
    const picture = drawn(97, 71)
    const bases = await Promise.all([
      picture.clone().jpeg().toBuffer(),
      picture
        .clone()
        .withExif({ IFD0: { Orientation: '6' } })
        .jpeg({ progressive: true })
        .toBuffer(),
      picture
        .clone()
        .toColourspace('b-w')
        .withExif({ IFD0: { Orientation: '3' } })
        .jpeg()
        .toBuffer(),
      picture.clone().jpeg({ chromaSubsampling: '4:4:4' }).toBuffer(),
      picture.clone().toColourspace('cmyk').jpeg().toBuffer(),
    ])
    let state = 1
    const random = (below: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return Math.floor((state / 2 ** 32) * below)
    }
    const sizes = [
      [32, 32],
      [20, 50],
      [71, 71],
      [1, 1],
      [97, 71],
    ] as const
    let taken = 0
    for (let count = 0; count < 500; count += 1) {
      const path = fileOf(damaged(bases[count % bases.length]!, random))
      const [width, height] = sizes[random(sizes.length)]!
      const pixels = await nativeDecoder()!.decode(path, '', width, height, random(2) === 0)
      if (pixels === null) continue
      expect(pixels).toHaveLength(width * height * 3)
      taken += 1
    }
    expect(taken).toBeGreaterThan(20)
    expect(taken).toBeLessThan(480)
  })
})

/** One of: bytes changed in the header or anywhere, another size in the header, a piece repeated, the end cut off. */
function damaged(whole: Buffer, random: (below: number) => number): Buffer {
  const bytes = Buffer.from(whole)
  const header = bytes.indexOf(Buffer.from([0xff, 0xda])) + 16
  const kind = random(6)
  if (kind === 4) {
    const at = random(bytes.length)
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(random(at + 1))])
  }
  if (kind === 5) return bytes.subarray(0, random(bytes.length))
  if (kind === 3) {
    const frame = [0xc0, 0xc2].map((mark) => bytes.indexOf(Buffer.from([0xff, mark]))).find((at) => at > 0)!
    bytes.writeUInt16BE([random(65536), 0, 65535, 8000, 1][random(5)]!, frame + 5 + 2 * random(2))
    return bytes
  }
  for (let count = random(3) + 1; count > 0; count -= 1) {
    const at = random(kind === 0 ? bytes.length : header)
    bytes[at] = [0, 255, random(256), bytes[at]! ^ (1 << random(8)), 0xd8, 0xda][random(6)]!
  }
  return bytes
}
