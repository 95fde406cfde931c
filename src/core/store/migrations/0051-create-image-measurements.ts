import type { Migration } from './migration.ts'

/** What is measured of a picture, and the picture in little, apart because few want it. */
export const createImageMeasurements: Migration = {
  number: 51,
  name: 'create-image-measurements',
  up(database) {
    database.exec(`
      CREATE TABLE image_measurements (
        image_id INTEGER PRIMARY KEY REFERENCES images (id) ON DELETE CASCADE,
        version INTEGER NOT NULL,
        perceptual_hash BLOB NOT NULL,
        brightness REAL NOT NULL,
        contrast REAL NOT NULL,
        sharpness REAL NOT NULL,
        saturation REAL NOT NULL,
        captured_at INTEGER,
        compared_by INTEGER NOT NULL DEFAULT 0
      ) STRICT;

      CREATE TABLE image_layouts (
        image_id INTEGER PRIMARY KEY REFERENCES images (id) ON DELETE CASCADE,
        layout BLOB NOT NULL
      ) STRICT;
    `)
  },
}
