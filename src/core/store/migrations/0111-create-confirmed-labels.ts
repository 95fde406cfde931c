import type { Migration } from './migration.ts'

/** Labels that a person looked at and said to be right. */
export const createConfirmedLabels: Migration = {
  number: 111,
  name: 'create-confirmed-labels',
  up(database) {
    database.exec(`
      CREATE TABLE confirmed_labels (
        image_id INTEGER NOT NULL REFERENCES images (id) ON DELETE CASCADE,
        class_id INTEGER NOT NULL REFERENCES classes (id),
        PRIMARY KEY (image_id, class_id)
      ) STRICT, WITHOUT ROWID;
    `)
  },
}
