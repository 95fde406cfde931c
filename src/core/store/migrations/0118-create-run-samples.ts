import type { Migration } from './migration.ts'

/** Predictions of the images that each run follows. */
export const createRunSamples: Migration = {
  number: 118,
  name: 'create-run-samples',
  up(database) {
    database.exec(`
      CREATE TABLE run_samples (
        run_number INTEGER PRIMARY KEY REFERENCES runs (number) ON DELETE CASCADE,
        epoch INTEGER NOT NULL,
        samples TEXT NOT NULL
      ) STRICT;
    `)
  },
}
