import type { Migration } from './migration.ts'

/** What people say of an image besides its class; an image without a row has no marks. */
export const createImageMarks: Migration = {
  number: 50,
  name: 'create-image-marks',
  up(database) {
    database.exec(`
      CREATE TABLE image_marks (
        image_id INTEGER PRIMARY KEY REFERENCES images (id) ON DELETE CASCADE,
        flagged INTEGER NOT NULL,
        unsure INTEGER NOT NULL,
        note TEXT
      ) STRICT;
    `)
  },
}
