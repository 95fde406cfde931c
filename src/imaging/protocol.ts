import type { SkipReason } from '../contract/entities.ts'

/** Reads one file once: its hash, its size as seen upright, and a thumbnail. */
export interface ReadRequest {
  kind: 'read'
  /** Absolute. */
  path: string
  /** Thumbnails go to `<folder>/<first two digits>/<sha256>.jpg`. */
  thumbnailFolder: string
  /** Where the original is kept as `<folder>/<first two digits>/<sha256>`; null where the file stays linked. */
  copyFolder: string | null
}

export interface ReadImage {
  status: 'read'
  sha256: string
  /** Pixels, after the EXIF orientation. */
  width: number
  height: number
  /** By the bytes: jpeg, png, webp, gif, tiff, avif. */
  format: string
  sizeBytes: number
}

/** The file is no usable picture; `detail` says what was found. */
export interface SkippedRead {
  status: 'skipped'
  reason: SkipReason
  detail: string
}

/** The place to write to failed; the file itself is not to blame. */
export interface FailedTask {
  status: 'failed'
  code: 'disk-full' | 'internal'
  message: string
}

export type ReadResult = ReadImage | SkippedRead | FailedTask

/** Draws pictures `from` (inclusive) to `to` (exclusive) of the sample into `<folder>/<class name>/`. */
export interface DrawRequest {
  kind: 'draw'
  folder: string
  seed: number
  sizePx: number
  classes: number
  from: number
  to: number
}

export interface DrawnImages {
  status: 'drawn'
  images: number
}

export type DrawResult = DrawnImages | FailedTask

export type ImagingTask = ReadRequest | DrawRequest
export type ImagingResult = ReadResult | DrawResult

/** Core to worker. */
export type ImagingCommand =
  { type: 'run'; tasks: { id: number; task: ImagingTask }[] } | { type: 'shutdown' }

/** Worker to core. */
export type ImagingMessage =
  { type: 'ready' } | { type: 'results'; results: { id: number; result: ImagingResult }[] }
