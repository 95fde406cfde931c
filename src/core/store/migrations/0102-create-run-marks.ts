import type { Migration } from './migration.ts'

/** What people say of runs; and when one was deleted, until it is gone for good. */
export const createRunMarks: Migration = {
  number: 102,
  name: 'create-run-marks',
  up(database) {
    database.exec(`
      ALTER TABLE runs ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0 CHECK (pinned IN (0, 1));
      ALTER TABLE runs ADD COLUMN archived INTEGER NOT NULL DEFAULT 0 CHECK (archived IN (0, 1));
      ALTER TABLE runs ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
      ALTER TABLE runs ADD COLUMN note TEXT;
      ALTER TABLE runs ADD COLUMN deleted_at INTEGER;
    `)
  },
}
