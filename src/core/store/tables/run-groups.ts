import type { Generated, Selectable } from 'kysely'
import type { RunGroup } from '../../../contract/entities.ts'

/** Runs that were started together: the steps of a ladder, or a sweep. People call them `g` and the number. */
export interface RunGroupsTable {
  number: Generated<number>
  kind: RunGroup['kind']
  name: string
  recipe: string | null
  status: RunGroup['status']
  /** JSON: the names of the settings that differ. */
  settings: string
  time_budget_minutes: number | null
  /** JSON: what was tried, in order. */
  tried: Generated<string>
  /** JSON: code, message, details. */
  stopped_because: string | null
  best_run: number | null
  created_at: number
  ended_at: number | null
}
export type RunGroupRow = Selectable<RunGroupsTable>
