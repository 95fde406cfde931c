import type { ErrorPayload } from '../../contract/errors.ts'
import type { ComparedShare } from '../hygiene/find-near-duplicates.ts'

/** Core to the process that computes; it gets one in its life. */
export type AnalysisCommand =
  | {
      readonly type: 'near-duplicates'
      /** The file that `writePictures` wrote. */
      readonly path: string
      readonly share: ComparedShare
    }
  | {
      readonly type: 'map'
      /** Raw little-endian float32 rows. */
      readonly path: string
      /** Values of a row. */
      readonly width: number
    }
  | {
      readonly type: 'neighbours'
      /** Raw little-endian float32 rows. */
      readonly path: string
      /** Values of a row. */
      readonly width: number
      /** Which rows; those of NaN are left out. */
      readonly rows: Int32Array
    }

/** What a command ends with. */
export interface AnalysisResults {
  'near-duplicates': {
    /** Image ids, two of each pair, the lower first. */
    readonly ids: Int32Array
    /** One of each pair, 0 to 1. */
    readonly similarities: Float32Array
  }
  map: {
    /** `[rows, 2]`, 0 to 1; NaN where a row is. */
    readonly positions: Float32Array
  }
  neighbours: {
    /** Those that were not left out. */
    readonly rows: Int32Array
    /** `[rows.length, neighbourCount]`: row numbers, the nearest first; -1 where there are no more. */
    readonly nearest: Int32Array
  }
}

/** The process to core. */
export type AnalysisMessage =
  | { readonly type: 'progress'; readonly done: number; readonly total: number }
  | { readonly type: 'done'; readonly result: AnalysisResults[AnalysisCommand['type']] }
  | { readonly type: 'failed'; readonly error: ErrorPayload }
