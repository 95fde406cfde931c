import type { Selectable } from 'kysely'

/** The points of a run's curves. */
export interface MetricsTable {
  run_number: number
  /** From 0, without gaps but for rows that a resumption took back. */
  seq: number
  step: number
  epoch: number
  name: string
  value: number
}
export type MetricsRow = Selectable<MetricsTable>
