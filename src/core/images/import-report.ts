import type { ImportReport, SkippedFile } from '../../contract/entities.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import type { ImportStart } from './register-import.ts'

type Conflict = ImportReport['conflicts'][number]

/**
 * Same bytes in folders of different classes: each path of this import whose folder says otherwise than another path of
 * its image. `kept` is the label the image has now, '' where it has none.
 */
function findConflicts({ database }: OpenProject, importId: number): Conflict[] {
  return database
    .prepare<[number], Conflict>(
      `SELECT source.path AS path, other.path AS other, source.class_name AS given, coalesce(min(classes.name), '') AS kept
       FROM image_sources AS source
       JOIN image_sources AS other ON other.image_id = source.image_id AND other.class_name <> source.class_name
       LEFT JOIN annotations ON annotations.image_id = source.image_id
       LEFT JOIN classes ON classes.id = annotations.class_id
       WHERE source.import_id = ?
       GROUP BY source.path
       HAVING kept <> source.class_name AND other.path = min(other.path)
       ORDER BY source.path`,
    )
    .all(importId)
}

/** What an import did, from what is stored: found = imported + duplicates + skipped. */
export function buildImportReport(project: OpenProject, importId: number, finishedAt: number): ImportReport {
  const { database } = project
  const started = database
    .prepare<[number], { startedAt: number; report: string | null }>(
      'SELECT started_at AS startedAt, report FROM imports WHERE id = ?',
    )
    .get(importId)
  const { found } = JSON.parse(started?.report ?? '{"found":0}') as ImportStart
  const skipped = database
    .prepare<[number], SkippedFile>(
      'SELECT path, reason, detail FROM skipped_files WHERE import_id = ? ORDER BY path',
    )
    .all(importId)
  const imported =
    database
      .prepare<[number], number>(
        `SELECT count(*) FROM images WHERE import_id = ? AND (removed_by IS NULL OR removed_by IN ('person', 'import-undone'))`,
      )
      .pluck()
      .get(importId) ?? 0
  const classes = database
    .prepare<[number], { name: string; count: number }>(
      `SELECT classes.name AS name, count(DISTINCT images.id) AS count
       FROM image_sources
       JOIN images ON images.id = image_sources.image_id AND images.removed_at IS NULL
       JOIN annotations ON annotations.image_id = images.id
       JOIN classes ON classes.id = annotations.class_id
       WHERE image_sources.import_id = ? GROUP BY classes.id ORDER BY classes.position, classes.id`,
    )
    .all(importId)
  return {
    found,
    imported,
    duplicates: Math.max(0, found - imported - skipped.length),
    skipped,
    conflicts: findConflicts(project, importId),
    classes,
    seconds: (finishedAt - (started?.startedAt ?? finishedAt)) / 1000,
  }
}

/** Stores the report and marks the import as finished. */
export function finishImport(project: OpenProject, importId: number): ImportReport {
  return project.transaction(() => {
    const now = Date.now()
    const report = buildImportReport(project, importId, now)
    project.database
      .prepare('UPDATE imports SET finished_at = ?, report = ? WHERE id = ?')
      .run(now, JSON.stringify(report), importId)
    return report
  })
}
