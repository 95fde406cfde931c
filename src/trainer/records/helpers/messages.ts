import type { FrozenPartOptions } from '../../frozen-part.ts'
import type { ComputedRecord, SourceImage } from '../record-maker.ts'

/** What a helper is told: first what it computes, then images, one batch after another. */
export type HelperCommand =
  | {
      readonly type: 'part'
      readonly options: Omit<FrozenPartOptions, 'values'>
      /** Of a canonical weights file of the part's parameters. What is large goes past the channel: it moves only while the trainer rests. */
      readonly weightsPath: string
      /** What variants are drawn by. */
      readonly augmentation: { readonly specification: string; readonly seed: number } | null
    }
  | { readonly type: 'compute'; readonly images: readonly SourceImage[] }

/** What a helper answers: that its engine is there, then the results of each batch, in the order of the batches. */
export type HelperAnswer =
  { readonly type: 'ready' } | { readonly type: 'computed'; readonly results: readonly ComputedRecord[] }
