import type { Generated, Selectable } from 'kysely'

/** One call of `images.import`. */
export interface ImportsTable {
  id: Generated<number>
  /** Absolute path of the folder. */
  source: string
  storage: 'link' | 'copy'
  /** folder or none */
  labels_from: string
  /** folder, none or auto */
  split_from: string
  /** Milliseconds since 1970. */
  started_at: number
  /** Null while it runs, and where it was cut off. */
  finished_at: number | null
  /** JSON of an ImportReport. */
  report: string | null
}
export type ImportRow = Selectable<ImportsTable>
