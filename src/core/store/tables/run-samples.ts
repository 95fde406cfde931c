import type { Selectable } from 'kysely'

/** What each run says of the validation images that it follows: the latest only. */
export interface RunSamplesTable {
  run_number: number
  epoch: number
  /** JSON of the samples of a RunSamples. */
  samples: string
}
export type RunSamplesRow = Selectable<RunSamplesTable>
