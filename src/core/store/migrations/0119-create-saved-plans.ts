import type { Migration } from './migration.ts'

/** Settings of a training that people gave a name. */
export const createSavedPlans: Migration = {
  number: 119,
  name: 'create-saved-plans',
  up(database) {
    database.exec(`
      CREATE TABLE saved_plans (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL UNIQUE,
        plan TEXT NOT NULL,
        changed_at INTEGER NOT NULL
      ) STRICT;
    `)
  },
}
