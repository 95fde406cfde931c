import { closeSync, openSync, readSync } from 'node:fs'
import sharp from 'sharp'
import { isWholeFile } from './is-whole-file.ts'
import type { DrawnImages, UnpackRecordsRequest } from './protocol.ts'
import { replaceFile } from './replace-file.ts'

/** @returns uint8 `[side, side, 3]` of uint8 `[3, side, side]` */
function interleave(planes: Uint8Array): Uint8Array {
  const pixels = planes.length / 3
  const picture = new Uint8Array(planes.length)
  for (let pixel = 0; pixel < pixels; pixel += 1) {
    for (let channel = 0; channel < 3; channel += 1) {
      picture[pixel * 3 + channel] = planes[channel * pixels + pixel] as number
    }
  }
  return picture
}

/**
 * Writes records of raw pixels as PNG files. Equal records give equal files.
 *
 * @throws the system's error where a file cannot be read or written
 */
export async function unpackRecords(request: Omit<UnpackRecordsRequest, 'kind'>): Promise<DrawnImages> {
  const { path, firstByte, recordBytes, side, targets } = request
  const file = openSync(path, 'r')
  try {
    const record = Buffer.alloc(recordBytes)
    for (const [index, target] of targets.entries()) {
      if (isWholeFile(target)) continue
      if (readSync(file, record, 0, recordBytes, firstByte + index * recordBytes) < recordBytes) {
        throw new Error(`${path} ended before a record of ${recordBytes} bytes did`)
      }
      const pixels = interleave(record.subarray(recordBytes - 3 * side * side))
      const png = await sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
        .png()
        .toBuffer()
      replaceFile(target, png, { durable: false })
    }
  } finally {
    closeSync(file)
  }
  return { status: 'drawn', images: targets.length }
}
