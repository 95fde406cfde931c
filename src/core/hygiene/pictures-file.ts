import { readFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { layoutBytes } from '../../imaging/measure.ts'
import type { ComparedPictures } from './find-near-duplicates.ts'

/** An image as the comparison wants it. */
export interface PictureRow {
  id: number
  isNew: boolean
  /** 8 bytes, the highest first. */
  perceptualHash: Uint8Array
  layout: Uint8Array
}

const hashBytes = 8
const recordBytes = 8 + hashBytes + layoutBytes

/**
 * Writes pictures for the process that compares them: of each its id (int32, little-endian), 1 or 0 for whether it is new in four bytes, hash and
 * layout.
 *
 * @param pages read one after the other, so that no other work waits long
 * @returns how many were written
 */
export async function writePictures(
  path: string,
  pages: AsyncIterable<readonly PictureRow[]>,
): Promise<number> {
  const file = await open(path, 'w')
  let count = 0
  try {
    for await (const rows of pages) {
      const bytes = Buffer.alloc(rows.length * recordBytes)
      for (const [index, { id, isNew, perceptualHash, layout }] of rows.entries()) {
        const at = index * recordBytes
        bytes.writeInt32LE(id, at)
        bytes.writeInt32LE(isNew ? 1 : 0, at + 4)
        bytes.set(perceptualHash, at + 8)
        bytes.set(layout, at + 8 + hashBytes)
      }
      await file.write(bytes)
      count += rows.length
    }
  } finally {
    await file.close()
  }
  return count
}

/** @returns what `writePictures` wrote */
export function readPictures(path: string): ComparedPictures & { ids: Int32Array } {
  const bytes = readFileSync(path)
  const count = Math.floor(bytes.length / recordBytes)
  const pictures = {
    ids: new Int32Array(count),
    isNew: new Uint8Array(count),
    high: new Uint32Array(count),
    low: new Uint32Array(count),
    layouts: new Uint8Array(count * layoutBytes),
  }
  for (let index = 0; index < count; index += 1) {
    const at = index * recordBytes
    pictures.ids[index] = bytes.readInt32LE(at)
    pictures.isNew[index] = bytes.readInt32LE(at + 4)
    pictures.high[index] = bytes.readUInt32BE(at + 8)
    pictures.low[index] = bytes.readUInt32BE(at + 12)
    pictures.layouts.set(bytes.subarray(at + 8 + hashBytes, at + recordBytes), index * layoutBytes)
  }
  return pictures
}
