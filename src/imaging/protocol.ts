import type { SkipReason } from '../contract/entities.ts'
import type { Measurements } from './measure.ts'

/** Reads one file once: its hash, its size as seen upright, a thumbnail, and what can be measured of it. */
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
  measurements: Measurements
  /** By the camera's clock; as `JpegHeader`. */
  capturedAt: number | null
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

/** Measures a picture that was read before. */
export interface MeasureRequest {
  kind: 'measure'
  /** Of its thumbnail, or of itself. Absolute. */
  path: string
}

export interface MeasuredImage {
  status: 'measured'
  measurements: Measurements
}

export type MeasureResult = MeasuredImage | SkippedRead | FailedTask

/** Draws pictures `from` (inclusive) to `to` (exclusive) of the sample into `<folder>/<class name>/`. */
export interface DrawRequest {
  kind: 'draw'
  folder: string
  seed: number
  sizePx: number
  classes: number
  /** Some pictures have what real collections have: see `sampleFlaw`. */
  flaws: boolean
  from: number
  to: number
}

/** Pictures were written, or were there already. */
export interface DrawnImages {
  status: 'drawn'
  images: number
}

export type DrawResult = DrawnImages | FailedTask

/**
 * Writes records of raw pixels as PNG files. A record's pixels are its last `3 * side * side` bytes: red, green and blue planes of
 * uint8, row by row.
 */
export interface UnpackRecordsRequest {
  kind: 'unpack-records'
  /** The file with the records. */
  path: string
  /** Of the first record that is wanted. */
  firstByte: number
  recordBytes: number
  /** Pixels. */
  side: number
  /** Where each record goes, from the first on. Absolute; one that is there is left as it is. */
  targets: string[]
}

/** Writes parts of one image as PNG files, or as JPEG where the target's name ends in `.jpg`. */
export interface CropRequest {
  kind: 'crop'
  path: string
  /** What the boxes refer to; an image with other sizes, upright or as stored, is not cropped. Pixels. */
  width: number | null
  height: number | null
  /** Pixels from the upper left; cut off at the image's edges. `target` is absolute; one that is there is left as it is. */
  boxes: { left: number; top: number; width: number; height: number; target: string }[]
}

export type CropResult = DrawnImages | SkippedRead | FailedTask

export type ImagingTask = ReadRequest | MeasureRequest | DrawRequest | UnpackRecordsRequest | CropRequest
export type ImagingResult = ReadResult | MeasureResult | DrawResult | CropResult

/** Core to worker. */
export type ImagingCommand =
  { type: 'run'; tasks: { id: number; task: ImagingTask }[] } | { type: 'shutdown' }

/** Worker to core. */
export type ImagingMessage =
  { type: 'ready' } | { type: 'results'; results: { id: number; result: ImagingResult }[] }
