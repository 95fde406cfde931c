import type { Selectable } from 'kysely'

/** A curve of a run that has ended, in two columns: a copy of its rows in `metrics`, made when it is first wanted. */
export interface RunCurvesTable {
  run_number: number
  name: string
  /** Of the run's rows in `metrics` when this was made: later rows make it stale. */
  last_seq: number
  /** float64, little-endian. */
  epochs: Buffer
  /** float64, little-endian; as many. */
  values: Buffer
}
export type RunCurvesRow = Selectable<RunCurvesTable>
