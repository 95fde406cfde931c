import type { Generated, Selectable } from 'kysely'
import type { RunStatus } from '../../../contract/entities.ts'
import type { EngineId } from '../../../contract/engine-ids.ts'

/** One training each. The id that people type is `r` and the number, which is never reused. */
export interface RunsTable {
  number: Generated<number>
  name: string
  status: RunStatus
  /** JSON of a TrainPlan. */
  plan: string
  /** JSON of the class names in the order of the model's outputs. */
  classes: string
  /** JSON: images in train, validation and test. */
  counts: string
  dataset_version: string
  /** Of the pretrained weights it started from; null: random ones. */
  weights_sha256: string | null
  engine: EngineId | null
  device: string | null
  engine_version: string | null
  /** Results are bit-equal only at the same number. */
  threads: number | null
  /** JSON: why each better engine was not taken. */
  engines_rejected: Generated<string>
  trainable_parameters: number | null
  total_parameters: number | null
  model_sha256: string | null
  created_at: number
  started_at: number | null
  ended_at: number | null
  epochs_done: Generated<number>
  best_epoch: number | null
  validation_accuracy: number | null
  validation_loss: number | null
  /** JSON of a TestResult. */
  test: string | null
  /** JSON, by phase. */
  seconds: string | null
  peak_rss_bytes: number | null
  /** JSON: code, message, details. */
  error: string | null
  /** The name of the recipe it was made from. */
  recipe: string | null
  group_number: number | null
  /** Where it last went on from a checkpoint; 0: it started over; null: it never had to. */
  resumed_from_epoch: number | null
  /** 0 or 1 */
  pinned: Generated<number>
  /** 0 or 1 */
  archived: Generated<number>
  /** JSON: words that people put on it. */
  tags: Generated<string>
  note: string | null
  /** Milliseconds since 1970; it can still be brought back. */
  deleted_at: number | null
}
export type RunRow = Selectable<RunsTable>
