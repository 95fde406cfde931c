import type { Migration } from './migration.ts'

/** Dataset versions, runs, their metrics and predictions. @see ../tables for what each column holds. */
export const createRuns: Migration = {
  number: 100,
  name: 'create-runs',
  up(database) {
    database.exec(`
      CREATE TABLE dataset_versions (
        hash TEXT PRIMARY KEY,
        images INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        content BLOB NOT NULL
      ) STRICT;

      CREATE TABLE runs (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL,
        status TEXT NOT NULL CHECK (
          status IN ('queued', 'running', 'paused', 'completed', 'stopped', 'interrupted', 'failed')
        ),
        plan TEXT NOT NULL,
        classes TEXT NOT NULL,
        counts TEXT NOT NULL,
        dataset_version TEXT NOT NULL REFERENCES dataset_versions (hash),
        weights_sha256 TEXT,
        engine TEXT,
        device TEXT,
        engine_version TEXT,
        threads INTEGER,
        engines_rejected TEXT NOT NULL DEFAULT '[]',
        trainable_parameters INTEGER,
        total_parameters INTEGER,
        model_sha256 TEXT,
        created_at INTEGER NOT NULL,
        started_at INTEGER,
        ended_at INTEGER,
        epochs_done INTEGER NOT NULL DEFAULT 0,
        best_epoch INTEGER,
        validation_accuracy REAL,
        validation_loss REAL,
        test TEXT,
        seconds TEXT,
        peak_rss_bytes INTEGER,
        error TEXT
      ) STRICT;
      CREATE INDEX runs_by_dataset_version ON runs (dataset_version);

      CREATE TABLE metrics (
        run_number INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
        seq INTEGER NOT NULL,
        step INTEGER NOT NULL,
        epoch REAL NOT NULL,
        name TEXT NOT NULL,
        value REAL NOT NULL,
        PRIMARY KEY (run_number, seq)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE predictions (
        run_number INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
        split TEXT NOT NULL CHECK (split IN ('train', 'validation', 'test')),
        images INTEGER NOT NULL,
        hashes BLOB NOT NULL,
        truths BLOB NOT NULL,
        probabilities BLOB NOT NULL,
        PRIMARY KEY (run_number, split)
      ) STRICT;
    `)
  },
}
