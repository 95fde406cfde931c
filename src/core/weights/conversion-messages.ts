import type { ErrorPayload } from '../../contract/errors.ts'
import type { ConvertedWeights } from './convert-weights.ts'

/** Core to the process that converts a file; it gets one in its life. */
export interface ConversionCommand {
  readonly path: string
  readonly backbone: string
  /** Where the canonical files are written. */
  readonly folder: string
}

/** The process to core. */
export type ConversionMessage =
  | { readonly type: 'progress'; readonly done: number; readonly total: number }
  | { readonly type: 'done'; readonly result: ConvertedWeights }
  | { readonly type: 'failed'; readonly error: ErrorPayload }
