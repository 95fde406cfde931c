import type { Generated, Selectable } from 'kysely'

export interface SavedViewsTable {
  id: Generated<number>
  /** Trimmed; unique among those that are not deleted. */
  name: string
  /** JSON of an ImageFilter. */
  filter: string
  /** JSON of an ImageSort with its `grouping`; of older programs a bare name. */
  sort: string
  /** A deleted view is hidden; undo brings it back. */
  deleted_at: number | null
}
export type SavedViewRow = Selectable<SavedViewsTable>
