import type { Generated, Selectable } from 'kysely'

/** Commands in the order they were given, with what undoes each. Rows are never deleted. */
export interface JournalTable {
  id: Generated<number>
  /** labels.set, classes.create, images.import … */
  kind: string
  /** JSON of JournalOperation[]: what redo does. */
  payload: string
  /** JSON of JournalOperation[]: what undo does. */
  inverse: string
  /** JSON, for the history panel's sentence. */
  summary: string
  created_at: number
  undone_at: number | null
  /** Undone, and then another command was given: it cannot be redone any more. */
  discarded_at: number | null
}
export type JournalRow = Selectable<JournalTable>
