import type { Migration } from './migration.ts'

/** What is kept of a run's evaluation beside its predictions. @see ../tables/evaluation-settings.ts */
export const createEvaluationSettings: Migration = {
  number: 112,
  name: 'create-evaluation-settings',
  up(database) {
    database.exec(`
      CREATE TABLE evaluation_settings (
        run_number INTEGER PRIMARY KEY REFERENCES runs (number) ON DELETE CASCADE,
        temperature TEXT,
        rejection TEXT
      ) STRICT;
    `)
  },
}
