import type { Migration } from './migration.ts'

/** Images whose label may be wrong, as the newest search found them. */
export const createLabelSuspects: Migration = {
  number: 110,
  name: 'create-label-suspects',
  up(database) {
    database.exec(`
      CREATE TABLE label_suspects (
        image_id INTEGER PRIMARY KEY REFERENCES images (id) ON DELETE CASCADE,
        given_class_id INTEGER NOT NULL REFERENCES classes (id),
        suggested_class_id INTEGER NOT NULL REFERENCES classes (id),
        given_probability REAL NOT NULL,
        suggested_probability REAL NOT NULL,
        score REAL NOT NULL,
        is_likely INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
    `)
  },
}
