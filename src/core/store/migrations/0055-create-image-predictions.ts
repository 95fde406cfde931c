import type { Migration } from './migration.ts'

/** What the newest suggestion head says of each image; of a labelled one, what heads say that did not see its label. */
export const createImagePredictions: Migration = {
  number: 55,
  name: 'create-image-predictions',
  up(database) {
    database.exec(`
      CREATE TABLE image_predictions (
        image_id INTEGER PRIMARY KEY REFERENCES images (id) ON DELETE CASCADE,
        class_id INTEGER NOT NULL REFERENCES classes (id),
        probability REAL NOT NULL,
        margin REAL NOT NULL
      ) STRICT, WITHOUT ROWID;
    `)
  },
}
