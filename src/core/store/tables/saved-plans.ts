import type { Generated, Selectable } from 'kysely'

export interface SavedPlansTable {
  id: Generated<number>
  /** Trimmed. */
  name: string
  /** JSON of a TrainPlan. */
  plan: string
  /** Milliseconds since 1970. */
  changed_at: number
}
export type SavedPlanRow = Selectable<SavedPlansTable>
