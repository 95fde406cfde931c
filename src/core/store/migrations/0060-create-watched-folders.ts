import type { Migration } from './migration.ts'

/** Folders whose new files become images of the project by themselves. */
export const createWatchedFolders: Migration = {
  number: 60,
  name: 'create-watched-folders',
  up(database) {
    database.exec(`
      CREATE TABLE watched_folders (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        path TEXT NOT NULL UNIQUE,
        labels_from TEXT NOT NULL,
        added_at INTEGER NOT NULL,
        images INTEGER NOT NULL DEFAULT 0,
        last_import_at INTEGER
      ) STRICT;
    `)
  },
}
