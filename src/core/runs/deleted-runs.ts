import { rmSync } from 'node:fs'
import type { Run } from '../../contract/entities.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import type { RunRow } from '../store/tables/runs.ts'
import { runFolder } from './run-files.ts'
import { deleteRun, toRun } from './stored-runs.ts'

/** So long a deletion can be undone, while the project stays open. */
export const undoDeletionMs = 30 * 60 * 1000

/** The latest first. */
export function listDeletedRuns({ database }: OpenProject): { run: Run; deletedAt: number }[] {
  return database
    .prepare<[], RunRow>(
      'SELECT * FROM runs WHERE deleted_at IS NOT NULL ORDER BY deleted_at DESC, number DESC',
    )
    .all()
    .map((row) => ({ run: toRun(row), deletedAt: row.deleted_at ?? 0 }))
}

/** Deletes for good what was deleted before `before`, in milliseconds since 1970: rows, curves, predictions, models. */
export function purgeDeletedRuns(project: OpenProject, before: number): void {
  const numbers = project.database
    .prepare<[number], number>('SELECT number FROM runs WHERE deleted_at <= ?')
    .pluck()
    .all(before)
  if (numbers.length === 0) return
  project.transaction(() => {
    for (const number of numbers) deleteRun(project, number)
  })
  for (const number of numbers) rmSync(runFolder(project, number), { recursive: true, force: true })
}
