import type { Migration } from './migration.ts'

/** Classes that a person brought along with images as suggestions, by a run's prediction: they stand until the image has a label. */
export const createGivenSuggestions: Migration = {
  number: 115,
  name: 'create-given-suggestions',
  up(database) {
    database.exec(`
      CREATE TABLE given_suggestions (
        image_id INTEGER PRIMARY KEY REFERENCES images (id) ON DELETE CASCADE,
        class_id INTEGER NOT NULL REFERENCES classes (id),
        probability REAL NOT NULL
      ) STRICT, WITHOUT ROWID;
    `)
  },
}
