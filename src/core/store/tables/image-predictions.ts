import type { Selectable } from 'kysely'

/** The likeliest class of an image by the newest suggestion head. */
export interface ImagePredictionsTable {
  image_id: number
  class_id: number
  /** 0 to 1. */
  probability: number
  /** By how much it exceeds the probability of the second likeliest. */
  margin: number
}
export type ImagePredictionRow = Selectable<ImagePredictionsTable>
