import type { OpenProject } from '../projects/open-projects.ts'
import type { WatchedFolderRow } from '../store/tables/watched-folders.ts'

/** In the order in which they were added. */
export function listWatchedRows({ database }: OpenProject): WatchedFolderRow[] {
  return database.prepare<[], WatchedFolderRow>('SELECT * FROM watched_folders ORDER BY id').all()
}

/** A path that is there already gets the new choice. */
export function putWatchedRow(
  project: OpenProject,
  path: string,
  labels: WatchedFolderRow['labels_from'],
): WatchedFolderRow {
  return project.transaction(
    () =>
      project.database
        .prepare<[string, string, number], WatchedFolderRow>(
          `INSERT INTO watched_folders (path, labels_from, added_at) VALUES (?, ?, ?)
           ON CONFLICT (path) DO UPDATE SET labels_from = excluded.labels_from RETURNING *`,
        )
        .get(path, labels, Date.now()) as WatchedFolderRow,
  )
}

export function deleteWatchedRow(project: OpenProject, id: number): void {
  project.transaction(() => {
    project.database.prepare('DELETE FROM watched_folders WHERE id = ?').run(id)
  })
}

/** Stores that images came out of a folder. */
export function countWatchedImages(project: OpenProject, id: number, images: number): void {
  project.transaction(() => {
    project.database
      .prepare('UPDATE watched_folders SET images = images + ?, last_import_at = ? WHERE id = ?')
      .run(images, Date.now(), id)
  })
}
