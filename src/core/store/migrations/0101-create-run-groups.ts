import type { Migration } from './migration.ts'

/** Sweeps and ladders of runs; a run knows its group, its recipe, and where it went on. */
export const createRunGroups: Migration = {
  number: 101,
  name: 'create-run-groups',
  up(database) {
    database.exec(`
      CREATE TABLE run_groups (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL CHECK (kind IN ('ladder', 'sweep')),
        name TEXT NOT NULL,
        recipe TEXT,
        status TEXT NOT NULL CHECK (status IN ('running', 'completed', 'stopped', 'interrupted', 'failed')),
        settings TEXT NOT NULL,
        time_budget_minutes REAL,
        tried TEXT NOT NULL DEFAULT '[]',
        stopped_because TEXT,
        best_run INTEGER,
        created_at INTEGER NOT NULL,
        ended_at INTEGER
      ) STRICT;

      ALTER TABLE runs ADD COLUMN recipe TEXT;
      ALTER TABLE runs ADD COLUMN group_number INTEGER REFERENCES run_groups (number);
      ALTER TABLE runs ADD COLUMN resumed_from_epoch INTEGER;
      CREATE INDEX runs_by_group ON runs (group_number) WHERE group_number IS NOT NULL;
    `)
  },
}
