import { extname } from 'node:path'
import sharp from 'sharp'
import { isWholeFile } from './is-whole-file.ts'
import type { CropRequest, CropResult } from './protocol.ts'
import { decodeFailure, decodeOptions, readWhole } from './read.ts'
import { replaceFile } from './replace-file.ts'
import { sniff, sniffBytes } from './sniff.ts'

/** For people to look at closely. */
const quality = 92

/**
 * Writes parts of one image as PNG files, or as JPEG where the target's name ends in `.jpg`. Boxes refer to the upright image, or to the stored one where only its sizes are the
 * expected ones.
 *
 * @throws the system's error where a file cannot be written
 */
export async function cropImage(request: Omit<CropRequest, 'kind'>): Promise<CropResult> {
  const wanted = request.boxes.filter(({ target }) => !isWholeFile(target))
  if (wanted.length === 0) return { status: 'drawn', images: request.boxes.length }
  const bytes = readWhole(request.path)
  if ('status' in bytes) return bytes
  const kind = sniff(bytes.subarray(0, sniffBytes))
  if (kind.kind !== 'image') {
    return {
      status: 'skipped',
      reason: kind.kind === 'other' ? 'not-an-image' : 'unsupported-format',
      detail: `By its bytes it is ${kind.name}.`,
    }
  }

  let pixels: Buffer
  let info: { width: number; height: number; channels: 1 | 2 | 3 | 4 }
  try {
    const { width, height, autoOrient } = await sharp(bytes, decodeOptions).metadata()
    const is = (size: { width: number; height: number }): boolean =>
      (request.width ?? size.width) === size.width && (request.height ?? size.height) === size.height
    const upright = is(autoOrient)
    if (!upright && !is({ width, height })) {
      return {
        status: 'skipped',
        reason: 'invalid-entry',
        detail: `It has ${autoOrient.width}x${autoOrient.height} pixels; its boxes refer to ${request.width}x${request.height}.`,
      }
    }
    const decoder = sharp(bytes, decodeOptions)
    const decoded = await (upright ? decoder.autoOrient() : decoder)
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true })
    pixels = decoded.data
    info = decoded.info
  } catch (error) {
    return decodeFailure(error, bytes, kind.format)
  }
  for (const box of wanted) {
    const left = Math.min(info.width - 1, Math.max(0, Math.round(box.left)))
    const top = Math.min(info.height - 1, Math.max(0, Math.round(box.top)))
    const right = Math.min(info.width, Math.max(left + 1, Math.round(box.left + box.width)))
    const bottom = Math.min(info.height, Math.max(top + 1, Math.round(box.top + box.height)))
    const part = sharp(pixels, {
      raw: { width: info.width, height: info.height, channels: info.channels },
    }).extract({ left, top, width: right - left, height: bottom - top })
    const encoder =
      extname(box.target) === '.jpg' ? part.flatten({ background: 'white' }).jpeg({ quality }) : part.png()
    replaceFile(box.target, await encoder.toBuffer(), { durable: false })
  }
  return { status: 'drawn', images: request.boxes.length }
}
