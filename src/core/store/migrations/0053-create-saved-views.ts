import type { Migration } from './migration.ts'

/** Filters and orders of the list of images that people gave a name. */
export const createSavedViews: Migration = {
  number: 53,
  name: 'create-saved-views',
  up(database) {
    database.exec(`
      CREATE TABLE saved_views (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL,
        filter TEXT NOT NULL,
        sort TEXT NOT NULL,
        deleted_at INTEGER
      ) STRICT;
      CREATE UNIQUE INDEX saved_views_by_name ON saved_views (name) WHERE deleted_at IS NULL;
    `)
  },
}
