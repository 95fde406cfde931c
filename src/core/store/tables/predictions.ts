import type { Selectable } from 'kysely'
import type { Split } from '../../../contract/entities.ts'

/** What a run's model said of the images of a split, in one order for the three blobs. */
export interface PredictionsTable {
  run_number: number
  split: Split
  images: number
  /** 32 bytes each. */
  hashes: Buffer
  /** Class index, int32 little-endian. */
  truths: Buffer
  /** float32 little-endian `[images, classes]`, rows sum to 1. */
  probabilities: Buffer
}
export type PredictionsRow = Selectable<PredictionsTable>
