import type { Migration } from './migration.ts'

/** Pairs of images that show the same, and what a person said is no finding. */
export const createNearDuplicates: Migration = {
  number: 52,
  name: 'create-near-duplicates',
  up(database) {
    database.exec(`
      CREATE TABLE near_duplicates (
        image_id INTEGER NOT NULL REFERENCES images (id) ON DELETE CASCADE,
        other_id INTEGER NOT NULL REFERENCES images (id) ON DELETE CASCADE,
        similarity REAL NOT NULL,
        PRIMARY KEY (image_id, other_id),
        CHECK (image_id < other_id)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX near_duplicates_by_other ON near_duplicates (other_id);

      CREATE TABLE dismissed_findings (
        kind TEXT NOT NULL,
        image_id INTEGER NOT NULL REFERENCES images (id) ON DELETE CASCADE,
        other_id INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (kind, image_id, other_id)
      ) STRICT, WITHOUT ROWID;
    `)
  },
}
