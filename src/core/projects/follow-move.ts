import { join, sep } from 'node:path'
import type { Database } from 'better-sqlite3'
import type { OpenProject } from './open-projects.ts'

/** Beginnings of the paths of pictures that lie in a project: where it was when it was last opened, and where it is. */
export interface Move {
  before: string
  after: string
}

/** @returns null where the project is where it was */
export function moveOf(database: Database, path: string): Move | null {
  const known = database.prepare<[], string>("SELECT value FROM meta WHERE key = 'path'").pluck().get()
  if (known === undefined || known === path) return null
  const inside = (folder: string): string => join(folder, 'pictures') + sep
  return { before: inside(known), after: inside(path) }
}

/** Where a project was moved or copied, the pictures that lie in it are where it is now: their paths follow. */
export function followMove(project: Pick<OpenProject, 'database' | 'path' | 'transaction'>): void {
  const { database, path } = project
  project.transaction(() => {
    const move = moveOf(database, path)
    if (move) {
      for (const table of ['images', 'image_sources']) {
        database
          .prepare(`UPDATE OR REPLACE ${table} SET path = ? || substr(path, ?) WHERE substr(path, 1, ?) = ?`)
          .run(move.after, move.before.length + 1, move.before.length, move.before)
      }
    }
    database
      .prepare(
        `INSERT INTO meta (key, value) VALUES ('path', ?)
         ON CONFLICT DO UPDATE SET value = excluded.value WHERE value <> excluded.value`,
      )
      .run(path)
  })
}
