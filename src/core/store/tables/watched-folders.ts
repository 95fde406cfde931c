import type { Generated, Selectable } from 'kysely'

/** Folders whose new files are imported by themselves. */
export interface WatchedFoldersTable {
  id: Generated<number>
  /** Absolute. */
  path: string
  labels_from: 'folder' | 'none'
  /** Milliseconds since 1970. */
  added_at: number
  /** How many images came out of it by being watched. */
  images: Generated<number>
  /** Milliseconds since 1970. */
  last_import_at: number | null
}
export type WatchedFolderRow = Selectable<WatchedFoldersTable>
