import type { Database } from 'better-sqlite3'

/** One of a project's few single facts. @returns undefined where it was never written */
export function readMeta(database: Database, key: string): string | undefined {
  return database.prepare<[string], string>('SELECT value FROM meta WHERE key = ?').pluck().get(key)
}

/** Within the caller's transaction. */
export function writeMeta(database: Database, key: string, value: string): void {
  database
    .prepare('INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value')
    .run(key, value)
}
