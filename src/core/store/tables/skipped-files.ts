import type { Selectable } from 'kysely'
import type { SkipReason } from '../../../contract/entities.ts'

/** Files of an import that are no image of the project, and why. */
export interface SkippedFilesTable {
  import_id: number
  path: string
  reason: SkipReason
  detail: string
}
export type SkippedFileRow = Selectable<SkippedFilesTable>
