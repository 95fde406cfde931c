import type { Database } from 'better-sqlite3'
import type { ImageMarks, Split } from '../../contract/entities.ts'
import type { HygieneKind } from '../../contract/hygiene.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import type { ClassRow } from '../store/tables/classes.ts'
import type { SavedViewRow } from '../store/tables/saved-views.ts'

/**
 * What a command of the journal does to the tables, as data. Each states an outcome, so that applying it twice is the
 * same as once, and names images by id: ids are never reused.
 */
export type JournalOperation =
  /** These images have exactly these classes. */
  | { do: 'labels'; groups: { classIds: number[]; imageIds: number[] }[] }
  | { do: 'marks'; groups: { marks: ImageMarks; imageIds: number[] }[] }
  | { do: 'splits'; groups: { split: Split | null; imageIds: number[] }[] }
  | { do: 'hide-images' | 'show-images'; imageIds: number[] }
  /** What hygiene found is none, or is one again: an image and 0, or what `dismissed_findings.other_id` is of its kind. */
  | {
      do: 'dismissals'
      kind: HygieneKind
      findings: [imageId: number, otherId: number][]
      dismissed: boolean
    }
  /** A person said that these labels are right, or takes that back. */
  | { do: 'confirmations'; labels: [imageId: number, classId: number][]; confirmed: boolean }
  /** Everything that one import brought. */
  | { do: 'hide-import' | 'show-import'; importId: number }
  /** The class is so; a deleted one has no annotations. */
  | { do: 'class'; row: Omit<ClassRow, 'deleted_at'>; deleted: boolean }
  | { do: 'view'; row: Omit<SavedViewRow, 'deleted_at'>; deleted: boolean }

/** Applies them in order; within a transaction. */
export function applyOperations(project: OpenProject, operations: readonly JournalOperation[]): void {
  for (const operation of operations) applyOperation(project, operation)
}

function applyOperation({ database }: OpenProject, operation: JournalOperation): void {
  const now = Date.now()
  switch (operation.do) {
    case 'labels':
      for (const { classIds, imageIds } of operation.groups) {
        const ids = JSON.stringify(imageIds)
        database
          .prepare('DELETE FROM annotations WHERE image_id IN (SELECT value FROM json_each(?))')
          .run(ids)
        // The join leaves out what is no longer there: an image whose row went when its bytes turned out to be another's.
        const insert = database.prepare(
          `INSERT OR IGNORE INTO annotations (image_id, class_id)
           SELECT images.id, classes.id FROM json_each(?) AS asked
           JOIN images ON images.id = asked.value
           JOIN classes ON classes.id = ? AND classes.deleted_at IS NULL`,
        )
        for (const classId of classIds) insert.run(ids, classId)
      }
      return
    case 'splits':
      for (const { split, imageIds } of operation.groups) {
        database
          .prepare('UPDATE images SET split = ? WHERE id IN (SELECT value FROM json_each(?))')
          .run(split, JSON.stringify(imageIds))
      }
      return
    case 'marks':
      for (const { marks, imageIds } of operation.groups) {
        const { flagged, unsure, note } = marks
        const ids = JSON.stringify(imageIds)
        if (!flagged && !unsure && note === null) {
          database
            .prepare('DELETE FROM image_marks WHERE image_id IN (SELECT value FROM json_each(?))')
            .run(ids)
          continue
        }
        database
          .prepare(
            `INSERT OR REPLACE INTO image_marks (image_id, flagged, unsure, note)
             SELECT images.id, ?, ?, ? FROM json_each(?) AS asked JOIN images ON images.id = asked.value`,
          )
          .run(Number(flagged), Number(unsure), note, ids)
      }
      return
    case 'dismissals': {
      const { kind, findings, dismissed } = operation
      const change = database.prepare<[string, number, number]>(
        dismissed
          ? 'INSERT OR IGNORE INTO dismissed_findings (kind, other_id, image_id) SELECT ?, ?, id FROM images WHERE id = ?'
          : 'DELETE FROM dismissed_findings WHERE kind = ? AND other_id = ? AND image_id = ?',
      )
      for (const [imageId, otherId] of findings) change.run(kind, otherId, imageId)
      return
    }
    case 'confirmations': {
      const change = database.prepare<[number, number]>(
        operation.confirmed
          ? 'INSERT OR IGNORE INTO confirmed_labels (image_id, class_id) SELECT images.id, classes.id FROM images JOIN classes ON classes.id = ? WHERE images.id = ?'
          : 'DELETE FROM confirmed_labels WHERE class_id = ? AND image_id = ?',
      )
      for (const [imageId, classId] of operation.labels) change.run(classId, imageId)
      return
    }
    case 'hide-images':
      database
        .prepare(
          `UPDATE images SET removed_at = ?, removed_by = 'person'
           WHERE removed_at IS NULL AND id IN (SELECT value FROM json_each(?))`,
        )
        .run(now, JSON.stringify(operation.imageIds))
      return
    case 'show-images':
      database
        .prepare(
          `UPDATE images SET removed_at = NULL, removed_by = NULL
           WHERE removed_by = 'person' AND id IN (SELECT value FROM json_each(?))`,
        )
        .run(JSON.stringify(operation.imageIds))
      return
    case 'hide-import':
      hideImport(database, operation.importId, now)
      return
    case 'show-import':
      showImport(database, operation.importId)
      return
    case 'view': {
      const { row, deleted } = operation
      database
        .prepare(
          `INSERT INTO saved_views (id, name, filter, sort, deleted_at) VALUES (@id, @name, @filter, @sort, @deleted_at)
           ON CONFLICT (id) DO UPDATE SET name = excluded.name, filter = excluded.filter, sort = excluded.sort,
             deleted_at = excluded.deleted_at`,
        )
        .run({ ...row, deleted_at: deleted ? now : null })
      return
    }
    case 'class': {
      const { row, deleted } = operation
      if (deleted) database.prepare('DELETE FROM annotations WHERE class_id = ?').run(row.id)
      database
        .prepare(
          `INSERT INTO classes (id, name, color, shortcut, position, deleted_at) VALUES (@id, @name, @color, @shortcut, @position, @deleted_at)
           ON CONFLICT (id) DO UPDATE SET name = excluded.name, color = excluded.color, shortcut = excluded.shortcut,
             position = excluded.position, deleted_at = excluded.deleted_at`,
        )
        .run({ ...row, deleted_at: deleted ? now : null })
      return
    }
  }
}

function hideImport(database: Database, importId: number, now: number): void {
  // What it took over from an earlier import goes back there, hidden or not as it was.
  database
    .prepare(
      `UPDATE images SET import_id = adopted.from_import_id, removed_by = adopted.removed_by,
         removed_at = iif(adopted.removed_by IS NULL, NULL, ?)
       FROM adopted_images AS adopted
       WHERE adopted.image_id = images.id AND adopted.import_id = images.import_id
         AND images.import_id = ? AND images.removed_at IS NULL`,
    )
    .run(now, importId)
  database
    .prepare(
      `UPDATE images SET removed_at = ?, removed_by = 'import-undone' WHERE removed_at IS NULL AND import_id = ?`,
    )
    .run(now, importId)
}

function showImport(database: Database, importId: number): void {
  database
    .prepare(
      `UPDATE images SET import_id = adopted.import_id, removed_by = NULL, removed_at = NULL
       FROM adopted_images AS adopted
       WHERE adopted.image_id = images.id AND adopted.import_id = ? AND images.import_id = adopted.from_import_id
         AND images.removed_by IS adopted.removed_by`,
    )
    .run(importId)
  database
    .prepare(
      `UPDATE images SET removed_at = NULL, removed_by = NULL WHERE removed_by = 'import-undone' AND import_id = ?`,
    )
    .run(importId)
}

/** What clients must read again after these operations. */
export interface OperationsEffect {
  /** Null: too many to name, or not known one by one. */
  imageIds: number[] | null
  listChanged: boolean
  classesChanged: boolean
  viewsChanged: boolean
}

const mostIdsNamed = 5000

export function effectOf(operations: readonly JournalOperation[]): OperationsEffect {
  const ids = new Set<number>()
  let named = true
  let listChanged = false
  let classesChanged = false
  let viewsChanged = false
  for (const operation of operations) {
    if (operation.do === 'labels' || operation.do === 'splits' || operation.do === 'marks') {
      for (const group of operation.groups) for (const id of group.imageIds) ids.add(id)
      // Counts of classes change with labels.
      if (operation.do === 'labels') classesChanged = true
    } else if (operation.do === 'dismissals') {
      for (const [imageId] of operation.findings) ids.add(imageId)
    } else if (operation.do === 'confirmations') {
      for (const [imageId] of operation.labels) ids.add(imageId)
    } else if (operation.do === 'view') {
      viewsChanged = true
    } else if (operation.do === 'class') {
      classesChanged = true
      // Its images became unlabelled; which, is not in the operation.
      if (operation.deleted) named = false
    } else {
      listChanged = true
      classesChanged = true
      if (operation.do === 'hide-images' || operation.do === 'show-images') {
        for (const id of operation.imageIds) ids.add(id)
      } else named = false
    }
  }
  const imageIds = named && ids.size <= mostIdsNamed ? [...ids] : null
  return { imageIds, listChanged, classesChanged, viewsChanged }
}
