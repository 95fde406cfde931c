import type { JournalEntry } from '../../contract/entities.ts'
import { AppError } from '../../contract/errors.ts'
import type { CoreContext } from '../context.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import type { JournalRow } from '../store/tables/journal.ts'
import { applyOperations, effectOf, type JournalOperation } from './operations.ts'

type Publisher = Pick<CoreContext, 'publish'>

/** A change that can be undone, as it goes into the journal. */
export interface JournalCommand {
  /** labels.set, images.import, … */
  kind: string
  /** What redo does. */
  payload: JournalOperation[]
  /** What undo does. */
  inverse: JournalOperation[]
  summary: JournalEntry['summary']
}

/**
 * Writes a command that the caller carries out itself in the same transaction, such as an import. What was undone and not
 * redone can no longer be. `journal.changed` follows when the transaction is over.
 * @returns the id of the entry
 */
export function recordCommand(context: Publisher, project: OpenProject, command: JournalCommand): number {
  return project.transaction(() => {
    const { database } = project
    const now = Date.now()
    database
      .prepare('UPDATE journal SET discarded_at = ? WHERE undone_at IS NOT NULL AND discarded_at IS NULL')
      .run(now)
    const { lastInsertRowid } = database
      .prepare('INSERT INTO journal (kind, payload, inverse, summary, created_at) VALUES (?, ?, ?, ?, ?)')
      .run(
        command.kind,
        JSON.stringify(command.payload),
        JSON.stringify(command.inverse),
        JSON.stringify(command.summary),
        now,
      )
    afterCommit(() => publishJournal(context, project))
    return Number(lastInsertRowid)
  })
}

/** Carries out a command and writes it down, in one durable transaction, then tells the clients. */
export function runCommand(context: Publisher, project: OpenProject, command: JournalCommand): void {
  project.transaction(() => {
    applyOperations(project, command.payload)
    recordCommand(context, project, command)
  })
  afterCommit(() => publishEffect(context, project, command.payload))
}

/** A transaction, and any that it is nested in, is synchronous: a microtask runs after the outermost commit. */
function afterCommit(publish: () => void): void {
  queueMicrotask(publish)
}

const undoableSql = 'SELECT * FROM journal WHERE undone_at IS NULL ORDER BY id DESC LIMIT 1'
const redoableSql =
  'SELECT * FROM journal WHERE undone_at IS NOT NULL AND discarded_at IS NULL ORDER BY id LIMIT 1'

/** @throws nothing-to-undo */
export function undo(context: Publisher, project: OpenProject): JournalEntry {
  const row = one(project, undoableSql)
  if (!row) {
    throw new AppError(
      'nothing-to-undo',
      'There is nothing to undo in this project: every command was undone.',
    )
  }
  const undoneAt = Date.now()
  move(context, project, [row], 'inverse', undoneAt)
  return toEntry({ ...row, undone_at: undoneAt })
}

/** @throws nothing-to-redo */
export function redo(context: Publisher, project: OpenProject): JournalEntry {
  const row = one(project, redoableSql)
  if (!row) {
    throw new AppError(
      'nothing-to-redo',
      'There is nothing to redo: nothing was undone, or another change was made since.',
    )
  }
  move(context, project, [row], 'payload', null)
  return toEntry({ ...row, undone_at: null })
}

/**
 * Undoes every command after one, the newest first, all or none.
 *
 * @param entryId null: every command there is
 * @returns how many were undone
 */
export function undoTo(context: Publisher, project: OpenProject, entryId: number | null): number {
  const rows = project.database
    .prepare<[number], JournalRow>(
      'SELECT * FROM journal WHERE undone_at IS NULL AND id > ? ORDER BY id DESC',
    )
    .all(entryId ?? 0)
  if (rows.length > 0) move(context, project, rows, 'inverse', Date.now())
  return rows.length
}

/** Carries out one side of these commands in their order, in one transaction, then tells the clients. */
function move(
  context: Publisher,
  project: OpenProject,
  rows: readonly JournalRow[],
  side: 'payload' | 'inverse',
  undoneAt: number | null,
): void {
  const operations = rows.flatMap((row) => JSON.parse(row[side]) as JournalOperation[])
  project.transaction(() => {
    applyOperations(project, operations)
    const mark = project.database.prepare('UPDATE journal SET undone_at = ? WHERE id = ?')
    for (const { id } of rows) mark.run(undoneAt, id)
  })
  publishEffect(context, project, operations)
  publishJournal(context, project)
}

/** Newest first. */
export function listJournal(
  project: OpenProject,
  limit: number,
): { entries: JournalEntry[]; canUndo: boolean; canRedo: boolean } {
  const rows = project.database
    .prepare<[number], JournalRow>(
      `SELECT id, kind, '' AS payload, '' AS inverse, summary, created_at, undone_at, discarded_at
       FROM journal ORDER BY id DESC LIMIT ?`,
    )
    .all(limit)
  return { entries: rows.map(toEntry), ...canUndoRedo(project) }
}

function one(project: OpenProject, sql: string): JournalRow | undefined {
  return project.database.prepare<[], JournalRow>(sql).get()
}

function canUndoRedo(project: OpenProject): { canUndo: boolean; canRedo: boolean } {
  const has = (sql: string) => project.database.prepare(sql.replace('*', '1')).get() !== undefined
  return { canUndo: has(undoableSql), canRedo: has(redoableSql) }
}

function toEntry(row: JournalRow): JournalEntry {
  return {
    id: row.id,
    kind: row.kind,
    summary: JSON.parse(row.summary) as JournalEntry['summary'],
    createdAt: row.created_at,
    undone: row.undone_at !== null,
  }
}

function publishJournal(context: Publisher, project: OpenProject): void {
  if (!project.database.open) return
  context.publish('journal.changed', { projectId: project.id, ...canUndoRedo(project) })
}

function publishEffect(context: Publisher, project: OpenProject, operations: JournalOperation[]): void {
  const projectId = project.id
  const effect = effectOf(operations)
  if (effect.listChanged) context.publish('images.listChanged', { projectId })
  if (effect.imageIds === null || effect.imageIds.length > 0) {
    context.publish('images.changed', { projectId, ids: effect.imageIds })
  }
  if (effect.classesChanged) context.publish('classes.changed', { projectId })
  if (effect.viewsChanged) context.publish('views.changed', { projectId })
}
