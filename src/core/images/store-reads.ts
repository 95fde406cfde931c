import type { Database } from 'better-sqlite3'
import type { ReadImage, SkippedRead } from '../../imaging/protocol.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import type { ImageRow } from '../store/tables/images.ts'
import { measurementStatements } from './store-measurements.ts'

/** An image whose bytes were read, or turned out to be none. */
export interface FinishedRead {
  imageId: number
  path: string
  result: ReadImage | SkippedRead
}

export interface StoredReads {
  /** Images that stay, with their rows changed. */
  changed: number[]
  /** Images left the list, or labels moved: counts are stale. */
  listChanged: boolean
}

type Row = Pick<
  ImageRow,
  | 'id'
  | 'sha256'
  | 'path'
  | 'relative_path'
  | 'sort_key'
  | 'split'
  | 'status'
  | 'import_id'
  | 'removed_at'
  | 'modified_ms'
>
const rowColumns =
  'id, sha256, path, relative_path, sort_key, split, status, import_id, removed_at, modified_ms'

function prepare(database: Database) {
  return {
    measurements: measurementStatements(database),
    byId: database.prepare<[number], Row>(`SELECT ${rowColumns} FROM images WHERE id = ?`),
    bySha256: database.prepare<[string], Row>(`SELECT ${rowColumns} FROM images WHERE sha256 = ?`),
    ready: database.prepare<[string, number, number, string, number, number]>(
      `UPDATE images SET sha256 = ?, width = ?, height = ?, format = ?, size_bytes = ?, status = 'ready' WHERE id = ?`,
    ),
    releaseSha256: database.prepare<[number]>('UPDATE images SET sha256 = NULL WHERE id = ?'),
    merge: database.prepare<[number, number, number]>(
      `UPDATE images SET merged_into = ?, removed_at = coalesce(removed_at, ?), removed_by = 'duplicate', status = 'ready' WHERE id = ?`,
    ),
    moveMerged: database.prepare<[number, number]>('UPDATE images SET merged_into = ? WHERE merged_into = ?'),
    moveSources: database.prepare<[number, number]>(
      'UPDATE image_sources SET image_id = ? WHERE image_id = ?',
    ),
    restore: database.prepare<[number | null, number]>(
      'UPDATE images SET removed_at = NULL, removed_by = NULL, import_id = ? WHERE id = ?',
    ),
    moveFile: database.prepare<[string, string, string, number | null, number | null, number]>(
      `UPDATE images SET path = ?, relative_path = ?, sort_key = ?, modified_ms = ?, import_id = ?, status = 'ready' WHERE id = ?`,
    ),
    takeMarks: database.prepare<[number, number]>(
      `INSERT OR IGNORE INTO image_marks (image_id, flagged, unsure, note)
       SELECT ?, flagged, unsure, note FROM image_marks WHERE image_id = ?`,
    ),
    takeDismissals: database.prepare<[number, number]>(
      `INSERT OR IGNORE INTO dismissed_findings (kind, image_id)
       SELECT kind, ? FROM dismissed_findings WHERE image_id = ? AND other_id = 0`,
    ),
    takeSplit: database.prepare<[string | null, number]>(
      'UPDATE images SET split = coalesce(split, ?) WHERE id = ?',
    ),
    label: database
      .prepare<[number], [number, string]>(
        `SELECT classes.id, classes.name FROM annotations JOIN classes ON classes.id = class_id WHERE image_id = ?`,
      )
      .raw(),
    folderLabel: database
      .prepare<[number, number], string>(
        `SELECT class_name FROM image_sources JOIN images ON images.id = ? WHERE image_id = ? AND class_name IS NOT NULL
         ORDER BY image_sources.path = images.path DESC, image_sources.relative_path, image_sources.path LIMIT 1`,
      )
      .pluck(),
    classId: database
      .prepare<[string], number>('SELECT id FROM classes WHERE name = ? AND deleted_at IS NULL')
      .pluck(),
    clearLabels: database.prepare<[number]>('DELETE FROM annotations WHERE image_id = ?'),
    setLabel: database.prepare<[number, number]>(
      'INSERT INTO annotations (image_id, class_id) VALUES (?, ?)',
    ),
    skip: database.prepare<[number | null, string, string, string]>(
      'INSERT OR REPLACE INTO skipped_files (import_id, path, reason, detail) VALUES (?, ?, ?, ?)',
    ),
    dropSource: database.prepare<[number]>('DELETE FROM image_sources WHERE image_id = ?'),
    unreadable: database.prepare<[number, number]>(
      `UPDATE images SET removed_at = coalesce(removed_at, ?), removed_by = 'unreadable', status = 'unreadable' WHERE id = ?`,
    ),
  }
}
type Statements = ReturnType<typeof prepare>

/** The label an image has now, and whether it is another than its folder gave it: then a person set it. */
function labelOf(statements: Statements, imageId: number): { classId: number | null; byPerson: boolean } {
  const label = statements.label.get(imageId)
  const folder = statements.folderLabel.get(imageId, imageId) ?? null
  return { classId: label?.[0] ?? null, byPerson: (label?.[1] ?? null) !== folder }
}

/**
 * One image takes in the other, which has the same bytes: its paths, and its label where the winner has none or a
 * person gave the loser's. Which of several folder labels stands depends on paths alone, not on the order of reading.
 */
function mergeImages(statements: Statements, winner: Row, loser: Row): void {
  const kept = labelOf(statements, winner.id)
  const given = labelOf(statements, loser.id)
  // A hidden image without a label lost it with the import that was undone: nobody took it away.
  if (winner.removed_at !== null && kept.classId === null) kept.byPerson = false
  statements.moveSources.run(winner.id, loser.id)
  statements.moveMerged.run(winner.id, loser.id)
  if (loser.sha256 !== null) statements.releaseSha256.run(loser.id)
  // The winner is measured by the read that brought them together.
  statements.measurements.drop(loser.id)
  statements.takeDismissals.run(winner.id, loser.id)
  statements.merge.run(winner.id, Date.now(), loser.id)
  statements.takeSplit.run(loser.split, winner.id)
  statements.takeMarks.run(winner.id, loser.id)

  let classId = kept.classId
  if (given.byPerson && !kept.byPerson) classId = given.classId
  else if (!kept.byPerson) {
    const folder = statements.folderLabel.get(winner.id, winner.id)
    classId =
      (folder === undefined ? undefined : statements.classId.get(folder)) ?? kept.classId ?? given.classId
  }
  if (classId === kept.classId) return
  statements.clearLabels.run(winner.id)
  if (classId !== null) statements.setLabel.run(winner.id, classId)
}

function storeImage(statements: Statements, row: Row, image: ReadImage): { id: number; merged: boolean } {
  const other = statements.bySha256.get(image.sha256)
  const finish = (id: number): void => {
    statements.ready.run(image.sha256, image.width, image.height, image.format, image.sizeBytes, id)
    statements.measurements.store(id, image.measurements, image.capturedAt)
  }
  if (!other || other.id === row.id) {
    finish(row.id)
    return { id: row.id, merged: false }
  }
  // Ids follow paths within an import, and arrival between imports: the lower one is the same on every machine.
  const [winner, loser] = other.id < row.id ? [other, row] : [row, other]
  mergeImages(statements, winner, loser)
  finish(winner.id)
  const comesBack = winner.removed_at !== null && loser.removed_at === null
  if (comesBack) statements.restore.run(loser.import_id, winner.id)
  if (comesBack || (winner.status === 'missing' && loser.removed_at === null)) {
    const { path, relative_path, sort_key, modified_ms, import_id } = loser
    statements.moveFile.run(path, relative_path, sort_key, modified_ms, import_id, winner.id)
  }
  return { id: winner.id, merged: true }
}

/** Writes what was read in one transaction. @throws disk-full, with nothing of it stored */
export function storeReads(project: OpenProject, reads: readonly FinishedRead[]): StoredReads {
  const statements = prepare(project.database)
  return project.transaction(() => {
    const changed = new Set<number>()
    let listChanged = false
    for (const { imageId, path, result } of reads) {
      const row = statements.byId.get(imageId)
      if (!row || row.status !== 'pending') continue
      if (result.status === 'read') {
        const { id, merged } = storeImage(statements, row, result)
        changed.add(id)
        listChanged ||= merged
        continue
      }
      if (row.import_id !== null) statements.skip.run(row.import_id, path, result.reason, result.detail)
      statements.dropSource.run(imageId)
      statements.unreadable.run(Date.now(), imageId)
      listChanged = true
    }
    return { changed: [...changed], listChanged }
  })
}
