import type { Migration } from './migration.ts'

/** Of each labelled image those labelled ones that are most like it, as they were when neighbours were looked for last. */
export const createLabelledNeighbours: Migration = {
  number: 70,
  name: 'create-labelled-neighbours',
  up(database) {
    database.exec(`
      CREATE TABLE labelled_neighbours (
        image_id INTEGER PRIMARY KEY REFERENCES images (id) ON DELETE CASCADE,
        neighbours BLOB NOT NULL
      ) STRICT;
    `)
  },
}
