-- The schema after every migration, written by write-schema.ts. Do not edit.

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

CREATE TABLE adopted_images (
  image_id INTEGER NOT NULL REFERENCES images (id) ON DELETE CASCADE,
  import_id INTEGER NOT NULL REFERENCES imports (id),
  from_import_id INTEGER NOT NULL REFERENCES imports (id),
  removed_by TEXT,
  PRIMARY KEY (image_id, import_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX adopted_images_by_import ON adopted_images (import_id);

CREATE TRIGGER images_adopt AFTER UPDATE OF import_id ON images
WHEN new.removed_at IS NULL AND new.import_id > old.import_id
BEGIN
  INSERT OR REPLACE INTO adopted_images (image_id, import_id, from_import_id, removed_by)
  VALUES (new.id, new.import_id, old.import_id, old.removed_by);
END;

CREATE TABLE image_marks (
  image_id INTEGER PRIMARY KEY REFERENCES images (id) ON DELETE CASCADE,
  flagged INTEGER NOT NULL,
  unsure INTEGER NOT NULL,
  note TEXT
) STRICT;

CREATE TABLE image_measurements (
  image_id INTEGER PRIMARY KEY REFERENCES images (id) ON DELETE CASCADE,
  version INTEGER NOT NULL,
  perceptual_hash BLOB NOT NULL,
  brightness REAL NOT NULL,
  contrast REAL NOT NULL,
  sharpness REAL NOT NULL,
  saturation REAL NOT NULL,
  captured_at INTEGER,
  compared_by INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE image_layouts (
  image_id INTEGER PRIMARY KEY REFERENCES images (id) ON DELETE CASCADE,
  layout BLOB NOT NULL
) STRICT;

CREATE TABLE near_duplicates (
  image_id INTEGER NOT NULL REFERENCES images (id) ON DELETE CASCADE,
  other_id INTEGER NOT NULL REFERENCES images (id) ON DELETE CASCADE,
  similarity REAL NOT NULL,
  PRIMARY KEY (image_id, other_id),
  CHECK (image_id < other_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX near_duplicates_by_other ON near_duplicates (other_id);

CREATE TABLE dismissed_findings (
  kind TEXT NOT NULL,
  image_id INTEGER NOT NULL REFERENCES images (id) ON DELETE CASCADE,
  other_id INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (kind, image_id, other_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE saved_views (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  filter TEXT NOT NULL,
  sort TEXT NOT NULL,
  deleted_at INTEGER
) STRICT;

CREATE UNIQUE INDEX saved_views_by_name ON saved_views (name) WHERE deleted_at IS NULL;

CREATE TABLE image_predictions (
  image_id INTEGER PRIMARY KEY REFERENCES images (id) ON DELETE CASCADE,
  class_id INTEGER NOT NULL REFERENCES classes (id),
  probability REAL NOT NULL,
  margin REAL NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE watched_folders (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  path TEXT NOT NULL UNIQUE,
  labels_from TEXT NOT NULL,
  added_at INTEGER NOT NULL,
  images INTEGER NOT NULL DEFAULT 0,
  last_import_at INTEGER
) STRICT;

CREATE TABLE labelled_neighbours (
  image_id INTEGER PRIMARY KEY REFERENCES images (id) ON DELETE CASCADE,
  neighbours BLOB NOT NULL
) STRICT;

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
, recipe TEXT, group_number INTEGER REFERENCES run_groups (number), resumed_from_epoch INTEGER, pinned INTEGER NOT NULL DEFAULT 0 CHECK (pinned IN (0, 1)), archived INTEGER NOT NULL DEFAULT 0 CHECK (archived IN (0, 1)), tags TEXT NOT NULL DEFAULT '[]', note TEXT, deleted_at INTEGER) STRICT;

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

CREATE INDEX runs_by_group ON runs (group_number) WHERE group_number IS NOT NULL;

CREATE TABLE run_curves (
  run_number INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
  name TEXT NOT NULL,
  last_seq INTEGER NOT NULL,
  epochs BLOB NOT NULL,
  "values" BLOB NOT NULL,
  PRIMARY KEY (run_number, name)
) STRICT;

CREATE TABLE label_suspects (
  image_id INTEGER PRIMARY KEY REFERENCES images (id) ON DELETE CASCADE,
  given_class_id INTEGER NOT NULL REFERENCES classes (id),
  suggested_class_id INTEGER NOT NULL REFERENCES classes (id),
  given_probability REAL NOT NULL,
  suggested_probability REAL NOT NULL,
  score REAL NOT NULL,
  is_likely INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE confirmed_labels (
  image_id INTEGER NOT NULL REFERENCES images (id) ON DELETE CASCADE,
  class_id INTEGER NOT NULL REFERENCES classes (id),
  PRIMARY KEY (image_id, class_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE evaluation_settings (
  run_number INTEGER PRIMARY KEY REFERENCES runs (number) ON DELETE CASCADE,
  temperature TEXT,
  rejection TEXT
) STRICT;

CREATE TABLE given_suggestions (
  image_id INTEGER PRIMARY KEY REFERENCES images (id) ON DELETE CASCADE,
  class_id INTEGER NOT NULL REFERENCES classes (id),
  probability REAL NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE run_samples (
  run_number INTEGER PRIMARY KEY REFERENCES runs (number) ON DELETE CASCADE,
  epoch INTEGER NOT NULL,
  samples TEXT NOT NULL
) STRICT;

CREATE TABLE saved_plans (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  plan TEXT NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT;
