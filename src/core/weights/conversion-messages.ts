import type { ErrorPayload } from '../../contract/errors.ts'
import type { ConvertedWeights } from './convert-weights.ts'
import type { RecognizedWeights } from './recognize-weights.ts'

/** Core to the process that reads a file; it gets one in its life. */
export type ConversionCommand =
  | {
      readonly type: 'convert'
      readonly path: string
      readonly backbone: string
      /** Where the canonical files are written. */
      readonly folder: string
    }
  | { readonly type: 'recognize'; readonly path: string }

/** What a command ends with. */
export interface ConversionResults {
  convert: ConvertedWeights
  recognize: RecognizedWeights
}

/** The process to core. */
export type ConversionMessage =
  | { readonly type: 'progress'; readonly done: number; readonly total: number }
  | { readonly type: 'done'; readonly result: ConversionResults[ConversionCommand['type']] }
  | { readonly type: 'failed'; readonly error: ErrorPayload }
