import sharp from 'sharp'
import type { SkipReason } from '../contract/entities.ts'
import { decodeFailure, decodeOptions, readWhole } from './read.ts'
import { sniff, sniffBytes } from './sniff.ts'

/** Changes whenever the same file could decode to other pixels: caches of what is computed from pixels name it. */
export const decodeVersion = 2

/** The picture a network takes. */
export interface DecodeOptions {
  /** Pixels. */
  readonly width: number
  readonly height: number
  /** cover: scaled so that it fills the rectangle, the overhang cut off evenly; stretch: both sides scaled to it. */
  readonly resize: 'cover' | 'stretch'
}

/** Why a file gave no pixels. */
export interface DecodeFailure {
  readonly reason: SkipReason
  readonly detail: string
}

/**
 * Sets the decoder up for a process that decodes many images at once, each only once: one thread for each image, as more would only get
 * in each other's way, and no cache.
 */
export function prepareDecoder(): void {
  sharp.concurrency(1)
  sharp.cache(false)
}

/**
 * Reads and decodes an image into what a network takes: upright by its EXIF orientation, in sRGB (by its colour profile where it has
 * one; CMYK, grey and 16 bits are converted), on white where it is transparent, the first frame of several, reduced by
 * Lanczos's kernel or enlarged bilinearly. An sRGB image that has the size already is passed on bit for bit.
 *
 * @param source an absolute path, or a file's bytes
 * @returns uint8 `[height, width, 3]`; or the reason, where the file is no usable picture. A bad file never throws.
 */
export async function decodeImage(
  source: string | Buffer,
  { width, height, resize }: DecodeOptions,
): Promise<Uint8Array | DecodeFailure> {
  const bytes = typeof source === 'string' ? readWhole(source) : source
  if (!Buffer.isBuffer(bytes)) return { reason: bytes.reason, detail: bytes.detail }
  const kind = sniff(bytes.subarray(0, sniffBytes))
  if (kind.kind === 'other') return { reason: 'not-an-image', detail: `By its bytes it is ${kind.name}.` }
  if (kind.kind === 'unsupported') {
    return {
      reason: 'unsupported-format',
      detail: `${kind.name} is not supported: expected JPEG, PNG, WebP, GIF, TIFF or AVIF.`,
    }
  }
  try {
    const image = sharp(bytes, { ...decodeOptions, ignoreIcc: hasSrgbProfile(bytes) })
    const { autoOrient: original } = await image.metadata()
    const isEnlarged = original.width < width && original.height < height
    const pixels = await image
      .autoOrient()
      .resize(width, height, {
        fit: resize === 'cover' ? 'cover' : 'fill',
        // Small pictures, enlarged without ringing, are classified a little better.
        kernel: isEnlarged ? 'linear' : 'lanczos3',
      })
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer()
    if (pixels.length !== width * height * 3) {
      return {
        reason: 'unreadable',
        detail: `The ${kind.format} has ${pixels.length / (width * height)} channels after conversion; 3 are expected.`,
      }
    }
    return new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.length)
  } catch (error) {
    const { reason, detail } = decodeFailure(error, bytes, kind.format)
    return { reason, detail }
  }
}

/** How far into a file its profile is looked for. */
const profileSearchBytes = 65_536

/**
 * Whether the file carries the usual sRGB profile, so that converting by it would change nothing but the time: half of the decoding.
 */
function hasSrgbProfile(bytes: Buffer): boolean {
  const head = bytes.subarray(0, profileSearchBytes)
  const profile = head.indexOf('ICC_PROFILE\0', 0, 'latin1')
  if (profile < 0) return false
  const description = head.subarray(profile, profile + 4096)
  return description.includes('sRGB IEC61966-2', 0, 'latin1')
}
