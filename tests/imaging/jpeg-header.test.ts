import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { readJpegHeader } from '../../src/imaging/jpeg-header.ts'
import { jpeg, orientedJpeg, picture } from '../fixtures/bad-files.ts'

describe('readJpegHeader', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('agrees with the decoder about orientation %i', async (orientation) => {
    const bytes = await orientedJpeg(orientation)
    const { autoOrient } = await sharp(bytes).metadata()
    expect(readJpegHeader(bytes)).toMatchObject({ width: autoOrient.width, height: autoOrient.height })
  })

  it('reads progressive files too, and those of one channel', async () => {
    const size = { width: 48, height: 32, capturedAt: null }
    expect(readJpegHeader(await picture(1).jpeg({ progressive: true }).toBuffer())).toEqual(size)
    expect(readJpegHeader(await picture(2).greyscale().jpeg().toBuffer())).toEqual(size)
  })

  it('tells when the camera took it, by its own clock', async () => {
    const bytes = await picture(3)
      .jpeg()
      .withExif({ IFD2: { DateTimeOriginal: '2024:05:06 07:08:09' } })
      .toBuffer()
    expect(readJpegHeader(bytes)?.capturedAt).toBe(Date.UTC(2024, 4, 6, 7, 8, 9))
    const unset = await picture(3)
      .jpeg()
      .withExif({ IFD2: { DateTimeOriginal: '0000:00:00 00:00:00' } })
      .toBuffer()
    expect(readJpegHeader(unset)).toEqual({ width: 48, height: 32, capturedAt: null })
  })

  it('gives damaged files to the decoder to judge, and never throws', async () => {
    const bytes = await picture(4)
      .jpeg()
      .withExif({ IFD2: { DateTimeOriginal: '2024:05:06 07:08:09' } })
      .toBuffer()
    for (let length = 0; length < bytes.length; length += 7) {
      const header = readJpegHeader(bytes.subarray(0, length))
      if (header) expect(header).toMatchObject({ width: 48, height: 32 })
    }
    for (let at = 2; at < 400; at += 1) {
      const damaged = Buffer.from(bytes)
      damaged[at] = 0xff - (damaged[at] ?? 0)
      expect(() => readJpegHeader(damaged)).not.toThrow()
    }
    expect(readJpegHeader(Buffer.alloc(0))).toBeNull()
    const whole = await jpeg(1)
    expect(readJpegHeader(Buffer.concat([whole.subarray(0, 2), Buffer.from([0, 1, 2, 3])]))).toBeNull()
  })
})
