import { join, sep } from 'node:path'
import type { OpenProject } from './open-projects.ts'

/** Where a project was moved or copied, the pictures that lie in it are where it is now: their paths follow. */
export function followMove(project: Pick<OpenProject, 'database' | 'path' | 'transaction'>): void {
  const { database, path } = project
  const known = database.prepare<[], string>("SELECT value FROM meta WHERE key = 'path'").pluck().get()
  if (known === path) return
  project.transaction(() => {
    if (known !== undefined) {
      const inside = (folder: string): string => join(folder, 'pictures') + sep
      const [before, after] = [inside(known), inside(path)]
      for (const table of ['images', 'image_sources']) {
        database
          .prepare(`UPDATE OR REPLACE ${table} SET path = ? || substr(path, ?) WHERE substr(path, 1, ?) = ?`)
          .run(after, before.length + 1, before.length, before)
      }
    }
    database
      .prepare(
        "INSERT INTO meta (key, value) VALUES ('path', ?) ON CONFLICT DO UPDATE SET value = excluded.value",
      )
      .run(path)
  })
}
