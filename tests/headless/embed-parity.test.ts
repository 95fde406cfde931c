import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { goldenPixels, type GoldenPattern } from '../fixtures/golden/golden-input.ts'

const bin = fileURLToPath(new URL('../../bin/thaw.mjs', import.meta.url))
const goldenFile = new URL('../fixtures/golden/efficientnet-lite0.json', import.meta.url)
const run = promisify(execFile)

interface Golden {
  cases: { pattern: GoldenPattern; size: number; features: number[] }[]
}

describe('thaw embed on 224x224 PNG images, where no resize differs', () => {
  let folder: string
  let golden: Golden['cases']

  async function thaw<Value>(...args: string[]): Promise<Value> {
    const { stdout } = await run(process.execPath, [bin, ...args, '--json'], {
      env: { ...process.env, THAW_HOME: join(folder, 'home') },
      maxBuffer: 64 * 1024 * 1024,
    })
    return JSON.parse(stdout) as Value
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'thaw-embed-'))
    golden = (JSON.parse(await readFile(goldenFile, 'utf8')) as Golden).cases.filter(
      (one) => one.size === 224,
    )
    await mkdir(join(folder, 'pictures'))
    for (const { pattern, size } of golden) {
      await sharp(goldenPixels(pattern, size), { raw: { width: size, height: size, channels: 3 } })
        .png()
        .toFile(join(folder, 'pictures', `${pattern}.png`))
    }
    await thaw('init', join(folder, 'embed.thaw'))
    await thaw('import', join(folder, 'embed.thaw'), join(folder, 'pictures'))
  }, 120_000)
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it("agrees with PyTorch to 1e-4 of the features' scale, on the native engine, twice", async () => {
    const out = join(folder, 'features.npy')
    for (const attempt of ['computed', 'cached']) {
      const answer = await thaw<{ images: number; features: number }>(
        ...['embed', join(folder, 'embed.thaw'), '--backbone', 'efficientnet-lite0'],
        ...['--engine', 'native', '--out', out],
      )
      expect(answer).toMatchObject({ images: golden.length, features: 1280 })
      const bytes = await readFile(out)
      expect(bytes.subarray(0, 8)).toEqual(Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]))
      const header = 10 + bytes.readUInt16LE(8)
      expect(bytes.subarray(10, header).toString()).toContain("'descr': '<f4', 'fortran_order': False")
      const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset + header))
      const { images } = await thaw<{ images: { path: string }[] }>('images', join(folder, 'embed.thaw'))
      for (const [row, image] of images.entries()) {
        const expected = golden.find((one) => `${one.pattern}.png` === basename(image.path))?.features ?? []
        const scale = Math.max(...expected.map(Math.abs))
        const difference = expected.reduce(
          (most, value, index) => Math.max(most, Math.abs(value - (values[row * 1280 + index] ?? NaN))),
          0,
        )
        console.log(
          `${attempt} ${basename(image.path)}: ${(difference / scale).toExponential(2)} of the scale`,
        )
        expect(difference / scale).toBeLessThanOrEqual(1e-4)
      }
    }
  }, 120_000)
})
