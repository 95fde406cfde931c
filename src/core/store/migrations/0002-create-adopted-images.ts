import type { Migration } from './migration.ts'

/** Images that came back with, or passed over to, a later import, so that undoing that import puts them back as they were. */
export const createAdoptedImages: Migration = {
  number: 2,
  name: 'create-adopted-images',
  up(database) {
    database.exec(`
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
    `)
  },
}
