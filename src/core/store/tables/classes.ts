import type { Generated, Selectable } from 'kysely'

export interface ClassesTable {
  id: Generated<number>
  /** NFC, trimmed; unique among those that are not deleted. */
  name: string
  /** `#rrggbb` */
  color: string
  /** The single key that labels with it. */
  shortcut: string | null
  position: number
  /** A deleted class has no annotations and is hidden; undo brings it back. */
  deleted_at: number | null
}
export type ClassRow = Selectable<ClassesTable>
