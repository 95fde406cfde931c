import type { ErrorPayload } from '../../contract/errors.ts'
import type { OwnBackbone } from '../../contract/own-backbone.ts'
import type { ConvertedModel, ModelChoices } from '../own-backbones/convert-layers-model.ts'
import type { ConvertedWeights } from './convert-weights.ts'
import type { RecognizedWeights } from './recognize-weights.ts'

/** Core to the process that reads a file; it gets one in its life. */
export type ConversionCommand =
  | {
      readonly type: 'convert'
      readonly path: string
      readonly backbone: string
      /** What the backbone is, where it is the person's own. */
      readonly own?: OwnBackbone | undefined
      /** Where the canonical files are written. */
      readonly folder: string
    }
  | {
      readonly type: 'recognize'
      readonly path: string
      /** The person's own, to look among them too. */
      readonly own: readonly OwnBackbone[]
    }
  | {
      readonly type: 'convertModel'
      readonly path: string
      readonly choices: ModelChoices
      /** Where the backbone and its weights are written. */
      readonly folder: string
    }

/** What a command ends with. */
export interface ConversionResults {
  convert: ConvertedWeights
  recognize: RecognizedWeights
  convertModel: ConvertedModel
}

/** The process to core. */
export type ConversionMessage =
  | { readonly type: 'progress'; readonly done: number; readonly total: number }
  | { readonly type: 'done'; readonly result: ConversionResults[ConversionCommand['type']] }
  | { readonly type: 'failed'; readonly error: ErrorPayload }
