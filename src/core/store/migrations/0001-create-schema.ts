import type { Migration } from './migration.ts'

/** The base tables. @see ../tables for what each column holds. */
export const createSchema: Migration = {
  number: 1,
  name: 'create-schema',
  up(database) {
    database.exec(`
      CREATE TABLE meta (
        key TEXT PRIMARY KEY,
        value TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE imports (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        source TEXT NOT NULL,
        storage TEXT NOT NULL CHECK (storage IN ('link', 'copy')),
        labels_from TEXT NOT NULL,
        split_from TEXT NOT NULL,
        started_at INTEGER NOT NULL,
        finished_at INTEGER,
        report TEXT
      ) STRICT;

      CREATE TABLE images (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        sha256 TEXT UNIQUE,
        path TEXT NOT NULL,
        relative_path TEXT NOT NULL,
        sort_key TEXT NOT NULL,
        size_bytes INTEGER NOT NULL,
        modified_ms INTEGER,
        width INTEGER,
        height INTEGER,
        format TEXT,
        status TEXT NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'ready', 'missing', 'unreadable')),
        split TEXT CHECK (split IN ('train', 'validation', 'test')),
        import_id INTEGER REFERENCES imports (id),
        merged_into INTEGER REFERENCES images (id),
        removed_at INTEGER,
        removed_by TEXT CHECK (removed_by IN ('person', 'import-undone', 'duplicate', 'unreadable')),
        CHECK ((removed_at IS NULL) = (removed_by IS NULL))
      ) STRICT;
      CREATE INDEX images_by_path ON images (sort_key, path) WHERE removed_at IS NULL;
      CREATE INDEX images_by_split ON images (split) WHERE removed_at IS NULL;
      CREATE INDEX images_by_status ON images (status) WHERE removed_at IS NULL;
      CREATE INDEX images_removed ON images (id) WHERE removed_at IS NOT NULL;
      CREATE INDEX images_by_import ON images (import_id);
      CREATE INDEX images_by_merged_into ON images (merged_into) WHERE merged_into IS NOT NULL;

      CREATE TABLE image_sources (
        path TEXT PRIMARY KEY,
        image_id INTEGER NOT NULL REFERENCES images (id) ON DELETE CASCADE,
        relative_path TEXT NOT NULL,
        import_id INTEGER REFERENCES imports (id),
        class_name TEXT
      ) STRICT;
      CREATE INDEX image_sources_by_image ON image_sources (image_id);

      CREATE TABLE classes (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL,
        color TEXT NOT NULL,
        shortcut TEXT,
        position INTEGER NOT NULL,
        deleted_at INTEGER
      ) STRICT;
      CREATE UNIQUE INDEX classes_by_name ON classes (name) WHERE deleted_at IS NULL;

      CREATE TABLE annotations (
        image_id INTEGER NOT NULL REFERENCES images (id) ON DELETE CASCADE,
        class_id INTEGER NOT NULL REFERENCES classes (id),
        PRIMARY KEY (image_id, class_id)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX annotations_by_class ON annotations (class_id, image_id);

      CREATE TABLE journal (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL,
        payload TEXT NOT NULL,
        inverse TEXT NOT NULL,
        summary TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        undone_at INTEGER,
        discarded_at INTEGER
      ) STRICT;
      CREATE INDEX journal_done ON journal (id) WHERE undone_at IS NULL;
      CREATE INDEX journal_undone ON journal (id) WHERE undone_at IS NOT NULL AND discarded_at IS NULL;

      CREATE TABLE skipped_files (
        import_id INTEGER NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
        path TEXT NOT NULL,
        reason TEXT NOT NULL,
        detail TEXT NOT NULL,
        PRIMARY KEY (import_id, path)
      ) STRICT, WITHOUT ROWID;
    `)
  },
}
