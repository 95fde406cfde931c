import type { Selectable } from 'kysely'

/** They hold for the predictions that a run has; further training deletes them. */
export interface EvaluationSettingsTable {
  run_number: number
  /** JSON of a Temperature; null: not fitted. */
  temperature: string | null
  /** JSON of a RejectionRule; null: every prediction counts. */
  rejection: string | null
}
export type EvaluationSettingsRow = Selectable<EvaluationSettingsTable>
