import { hash } from 'node:crypto'
import { closeSync, existsSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import sharp, { type SharpOptions } from 'sharp'
import type { SkipReason } from '../contract/entities.ts'
import { thumbnailSizePx } from '../contract/media.ts'
import { isWholeFile } from './is-whole-file.ts'
import { readJpegHeader } from './jpeg-header.ts'
import { measurePixels, type Measurements } from './measure.ts'
import type { MeasureRequest, MeasureResult, ReadRequest, ReadResult, SkippedRead } from './protocol.ts'
import { sniff, sniffBytes, type DecodableFormat } from './sniff.ts'
import { originalPath, thumbnailPath } from './thumbnail-path.ts'
import { replaceFile } from './replace-file.ts'

/** A picture with more pixels is not decoded: 250 megapixels are a gigabyte as RGBA. */
export const maxPixels = 250_000_000
/** A larger file is not read into memory. */
export const maxFileBytes = 1024 ** 3

function skipped(reason: SkipReason, detail: string): SkippedRead {
  return { status: 'skipped', reason, detail }
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

export function readWhole(path: string): Buffer | SkippedRead {
  let descriptor: number
  try {
    // A pipe would block the process that opens it.
    if (!statSync(path).isFile()) return skipped('not-an-image', 'It is not a regular file.')
    descriptor = openSync(path, 'r')
  } catch (error) {
    const code = errorCode(error)
    if (code === 'EACCES' || code === 'EPERM')
      return skipped('permission-denied', `The system refused to open it (${code}).`)
    if (code === 'ENOENT') return skipped('unreadable', 'The file is no longer there.')
    return skipped('unreadable', `It could not be opened (${code || String(error)}).`)
  }
  try {
    const { size } = fstatSync(descriptor)
    if (size === 0) return skipped('empty', 'The file has zero bytes.')
    if (size > maxFileBytes) {
      return skipped('too-large', `The file has ${size} bytes; at most ${maxFileBytes} are read.`)
    }
    const bytes = Buffer.allocUnsafe(size)
    let filled = 0
    while (filled < size) {
      const count = readSync(descriptor, bytes, filled, size - filled, filled)
      if (count === 0) break
      filled += count
    }
    return bytes.subarray(0, filled)
  } catch (error) {
    return skipped('unreadable', `Reading it failed (${errorCode(error) || String(error)}).`)
  } finally {
    closeSync(descriptor)
  }
}

/** True where the format's end mark is missing, which decoders report in many different words. */
function lacksEndMark(bytes: Buffer, format: DecodableFormat): boolean {
  if (format === 'jpeg') return bytes.subarray(-1024).lastIndexOf(Buffer.from([0xff, 0xd9])) < 0
  if (format === 'png') return bytes.subarray(-1024).indexOf('IEND', 0, 'latin1') < 0
  if (format === 'gif') return bytes.subarray(-16).lastIndexOf(0x3b) < 0
  if (format === 'webp') return bytes.length < bytes.readUInt32LE(4) + 8
  return false
}

export function decodeFailure(error: unknown, bytes: Buffer, format: DecodableFormat): SkippedRead {
  const message = (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? ''
  if (/pixel limit|too (large|big)|exceeds.*limit|dimension.*limit|user limit/i.test(message)) {
    return skipped('too-large', `A ${format} with more than ${maxPixels / 1e6} megapixels (${message}).`)
  }
  if (
    lacksEndMark(bytes, format) ||
    /premature end|truncat|unexpected end|end of (file|data|stream|image)|\bEOF\b|not enough data|read gave/i.test(
      message,
    )
  ) {
    return skipped('truncated', `The ${format} ends too early, after ${bytes.length} bytes (${message}).`)
  }
  // Containers of many codecs; of the others, 'unsupported' is what decoders say of damage too.
  if (
    (format === 'avif' || format === 'tiff') &&
    /unsupported|no decoding plugin|not supported/i.test(message)
  ) {
    return skipped('unsupported-format', `A kind of ${format} that cannot be decoded here (${message}).`)
  }
  return skipped('unreadable', `The ${format} could not be decoded (${message}).`)
}

/** Options of every decode here: a truncated file fails, colour-profile quibbles do not. */
export const decodeOptions = {
  failOn: 'truncated',
  limitInputPixels: maxPixels,
  sequentialRead: true,
} as const satisfies SharpOptions

/**
 * Decodes a picture once, to a thumbnail's pixels: at most `thumbnailSizePx` on its longer side, upright, in sRGB, on white where it is
 * transparent. `cubic` with shrink-on-load is as fast as `linear` and sharper.
 */
async function decodeThumbnail(bytes: Buffer): Promise<{ pixels: Buffer; width: number; height: number }> {
  const { data, info } = await sharp(bytes, decodeOptions)
    .autoOrient()
    .resize(thumbnailSizePx, thumbnailSizePx, { fit: 'inside', withoutEnlargement: true, kernel: 'cubic' })
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
  if (info.channels !== 3) throw new Error(`${info.channels} channels after conversion; 3 are expected`)
  return { pixels: data, width: info.width, height: info.height }
}

/** A JPEG of the pixels; without optimised coding it is 5% larger and a tenth faster to write. */
function encodeThumbnail(pixels: Buffer, width: number, height: number): Promise<Buffer> {
  return sharp(pixels, { raw: { width, height, channels: 3 }, sequentialRead: true })
    .jpeg({ quality: 80, optimiseCoding: false })
    .toBuffer()
}

/** Whether a thumbnail can be of a picture of this size: otherwise the decoder saw another. */
function isScaled(
  size: { width: number; height: number },
  thumbnail: { width: number; height: number },
): boolean {
  const scale = Math.min(1, thumbnailSizePx / Math.max(size.width, size.height))
  return (
    Math.abs(size.width * scale - thumbnail.width) <= 1 &&
    Math.abs(size.height * scale - thumbnail.height) <= 1
  )
}

/** Measures a picture that was read before, from its thumbnail or from itself. */
export async function measureImage(request: Omit<MeasureRequest, 'kind'>): Promise<MeasureResult> {
  const bytes = readWhole(request.path)
  if ('status' in bytes) return bytes
  const kind = sniff(bytes.subarray(0, sniffBytes))
  if (kind.kind !== 'image') return skipped('not-an-image', 'By its bytes it is no image any more.')
  try {
    const { pixels, width, height } = await decodeThumbnail(bytes)
    return { status: 'measured', measurements: measurePixels(pixels, width, height) }
  } catch (error) {
    return decodeFailure(error, bytes, kind.format)
  }
}

/**
 * Reads a file once and decodes it once. A bad file is an answer with a reason, never a throw; a full or read-only
 * disk is `failed`.
 */
export async function readImage(request: ReadRequest): Promise<ReadResult> {
  const bytes = readWhole(request.path)
  if ('status' in bytes) return bytes
  if (bytes.length === 0) return skipped('empty', 'The file has zero bytes.')
  const kind = sniff(bytes.subarray(0, sniffBytes))
  if (kind.kind === 'other') return skipped('not-an-image', `By its bytes it is ${kind.name}.`)
  if (kind.kind === 'unsupported') {
    return skipped(
      'unsupported-format',
      `${kind.name} is not supported: expected JPEG, PNG, WebP, GIF, TIFF or AVIF.`,
    )
  }
  const sha256 = hash('sha256', bytes, 'hex')
  const thumbnail = thumbnailPath(request.thumbnailFolder, sha256)

  let width: number
  let height: number
  let encoded: Buffer | null = null
  let measurements: Measurements
  let capturedAt: number | null
  try {
    const picture = await decodeThumbnail(bytes)
    const header = kind.format === 'jpeg' ? readJpegHeader(bytes) : null
    capturedAt = header?.capturedAt ?? null
    ;({ width, height } =
      header && isScaled(header, picture)
        ? header
        : (await sharp(bytes, decodeOptions).metadata()).autoOrient)
    measurements = measurePixels(picture.pixels, picture.width, picture.height)
    if (!isWholeFile(thumbnail))
      encoded = await encodeThumbnail(picture.pixels, picture.width, picture.height)
  } catch (error) {
    return decodeFailure(error, bytes, kind.format)
  }

  try {
    if (request.copyFolder) {
      const copy = originalPath(request.copyFolder, sha256)
      if (!existsSync(copy)) replaceFile(copy, bytes, { durable: true })
    }
    // The cache may be deleted at any time, so a thumbnail is not worth waiting for the disk.
    if (encoded) replaceFile(thumbnail, encoded, { durable: false })
  } catch (error) {
    const code = errorCode(error)
    const message = error instanceof Error ? error.message : String(error)
    return {
      status: 'failed',
      code: code === 'ENOSPC' || code === 'EDQUOT' ? 'disk-full' : 'internal',
      message,
    }
  }
  return {
    status: 'read',
    sha256,
    width,
    height,
    format: kind.format,
    sizeBytes: bytes.length,
    measurements,
    capturedAt,
  }
}
