import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readImage } from '../../src/imaging/read.ts'
import { thumbnailPath } from '../../src/imaging/thumbnail-path.ts'
import { bmp, bombPng, jpeg, noisyPixels, orientedJpeg, picture } from '../fixtures/bad-files.ts'

let folder: string
let thumbnails: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'thaw-read-'))
  thumbnails = join(folder, 'thumbnails')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function read(name: string, bytes: Buffer | string, copyFolder: string | null = null) {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return readImage({ kind: 'read', path, thumbnailFolder: thumbnails, copyFolder })
}

async function readGood(name: string, bytes: Buffer) {
  const result = await read(name, bytes)
  if (result.status !== 'read') throw new Error(JSON.stringify(result))
  const thumbnail = readFileSync(thumbnailPath(thumbnails, result.sha256))
  return { ...result, thumbnail, metadata: await sharp(thumbnail).metadata() }
}

describe('readImage', () => {
  it('hashes, measures and makes a thumbnail of at most 256 pixels', async () => {
    const bytes = await jpeg(1, 640, 480)
    const result = await readGood('photo.jpg', bytes)
    expect(result).toMatchObject({ width: 640, height: 480, format: 'jpeg', sizeBytes: bytes.length })
    expect(result.sha256).toBe(createHash('sha256').update(bytes).digest('hex'))
    expect(result.metadata).toMatchObject({ format: 'jpeg', width: 256, height: 192 })
    expect(readdirSync(join(thumbnails, result.sha256.slice(0, 2)))).toEqual([`${result.sha256}.jpg`])
  })

  it('does not enlarge a small picture', async () => {
    expect((await readGood('small.png', await picture(2, 20, 10).png().toBuffer())).metadata).toMatchObject({
      width: 20,
      height: 10,
    })
  })

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('turns EXIF orientation %i upright', async (orientation) => {
    const bytes = await orientedJpeg(orientation)
    expect((await sharp(bytes).metadata()).orientation).toBe(orientation)
    const result = await readGood(`orientation-${orientation}.jpg`, bytes)
    expect(result).toMatchObject({ width: 60, height: 40 })
    const { data, info } = await sharp(result.thumbnail).raw().toBuffer({ resolveWithObject: true })
    expect(info).toMatchObject({ width: 60, height: 40 })
    const pixel = (x: number, y: number) => [...data.subarray((y * 60 + x) * 3, (y * 60 + x) * 3 + 3)]
    expect(pixel(10, 20)[0]).toBeGreaterThan(180)
    expect(pixel(50, 20)[2]).toBeGreaterThan(180)
  })

  it('reads CMYK, 16 bits, grey, transparent, animated and every format', async () => {
    const cmyk = await readGood('cmyk.jpg', await picture(3).toColourspace('cmyk').jpeg().toBuffer())
    expect(cmyk.metadata.space).toBe('srgb')
    const deep = await readGood(
      'deep.png',
      await picture(4).toColourspace('rgb16').png({ compressionLevel: 1 }).toBuffer(),
    )
    expect(deep.metadata).toMatchObject({ depth: 'uchar', width: 48 })
    await readGood('grey.jpg', await picture(5).greyscale().jpeg().toBuffer())
    const clear = await sharp({ create: { width: 8, height: 8, channels: 4, background: '#00000000' } })
      .png()
      .toBuffer()
    const flattened = await readGood('clear.png', clear)
    expect([...(await sharp(flattened.thumbnail).raw().toBuffer()).subarray(0, 3)]).toEqual([255, 255, 255])
    const frames = Buffer.concat([noisyPixels(16, 12, 6), noisyPixels(16, 12, 7), noisyPixels(16, 12, 8)])
    const animated = await sharp(frames, { raw: { width: 16, height: 36, channels: 3, pageHeight: 12 } })
      .gif()
      .toBuffer()
    expect((await sharp(animated).metadata()).pages).toBe(3)
    expect(await readGood('moves.gif', animated)).toMatchObject({ width: 16, height: 12, format: 'gif' })
    expect(await readGood('a.webp', await picture(9).webp().toBuffer())).toMatchObject({ format: 'webp' })
    expect(await readGood('a.tif', await picture(9).tiff().toBuffer())).toMatchObject({ format: 'tiff' })
    expect(await readGood('a.avif', await picture(9).avif({ effort: 0 }).toBuffer())).toMatchObject({
      format: 'avif',
    })
    expect(await readGood('png-named.jpg', await picture(9).png().toBuffer())).toMatchObject({
      format: 'png',
    })
  })

  it('names why a file is no picture', async () => {
    const whole = await jpeg(10, 300, 200)
    const png = await picture(11, 300, 200).png().toBuffer()
    const gif = await picture(11, 300, 200).gif().toBuffer()
    const webp = await picture(11, 300, 200).webp().toBuffer()
    const reasons = {
      'empty.jpg': [Buffer.alloc(0), 'empty'],
      'text.jpg': ['not a picture at all\n', 'not-an-image'],
      'page.jpg': ['<!doctype html><title>404</title>', 'not-an-image'],
      'drawing.png': ['<svg xmlns="http://www.w3.org/2000/svg"/>', 'not-an-image'],
      'half.jpg': [whole.subarray(0, whole.length / 2), 'truncated'],
      'almost.jpg': [whole.subarray(0, whole.length - 200), 'truncated'],
      'head.jpg': [whole.subarray(0, 100), 'truncated'],
      'half.png': [png.subarray(0, png.length / 2), 'truncated'],
      'half.gif': [gif.subarray(0, gif.length / 2), 'truncated'],
      'half.webp': [webp.subarray(0, webp.length / 2), 'truncated'],
      'bomb.png': [bombPng(50_000), 'too-large'],
      'photo.bmp': [bmp(), 'unsupported-format'],
      'garbage.jpg': [
        Buffer.concat([whole.subarray(0, 3), Buffer.alloc(500, 7), Buffer.from([0xff, 0xd9])]),
        'unreadable',
      ],
    } as const
    for (const [name, [bytes, reason]] of Object.entries(reasons)) {
      const result = await read(name, bytes)
      expect(result, name).toMatchObject({ status: 'skipped', reason })
      expect((result as { detail: string }).detail.length, name).toBeGreaterThan(10)
    }
    expect(
      await readImage({
        kind: 'read',
        path: join(folder, 'gone.jpg'),
        thumbnailFolder: thumbnails,
        copyFolder: null,
      }),
    ).toMatchObject({
      status: 'skipped',
      reason: 'unreadable',
    })
    mkdirSync(join(folder, 'folder.jpg'))
    expect(
      await readImage({
        kind: 'read',
        path: join(folder, 'folder.jpg'),
        thumbnailFolder: thumbnails,
        copyFolder: null,
      }),
    ).toMatchObject({
      status: 'skipped',
    })
  })

  it('keeps a copy that is equal byte for byte', async () => {
    const bytes = await jpeg(12)
    const copies = join(folder, 'media')
    const result = await read('copied.jpg', bytes, copies)
    if (result.status !== 'read') throw new Error(JSON.stringify(result))
    expect(readFileSync(join(copies, result.sha256.slice(0, 2), result.sha256))).toEqual(bytes)
  })

  it('leaves nothing half-written where the folder cannot be written, and blames the folder', async () => {
    const blocked = join(folder, 'blocked')
    writeFileSync(blocked, 'a file, not a folder')
    const path = join(folder, 'fine.jpg')
    writeFileSync(path, await jpeg(13))
    const result = await readImage({
      kind: 'read',
      path,
      thumbnailFolder: join(blocked, 'thumbnails'),
      copyFolder: null,
    })
    expect(result).toMatchObject({ status: 'failed', code: 'internal' })
    expect(existsSync(path)).toBe(true)
  })
})
