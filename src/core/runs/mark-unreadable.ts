import { existsSync } from 'node:fs'
import type { SkippedFile } from '../../contract/entities.ts'
import type { CoreContext } from '../context.ts'
import type { OpenProject } from '../projects/open-projects.ts'

/** Notes on images that a trainer could not read that they are damaged, or no longer where they were. */
export function markUnreadable(
  { publish }: Pick<CoreContext, 'publish'>,
  project: OpenProject,
  skipped: readonly SkippedFile[],
  hashOf: ReadonlyMap<string, string>,
): void {
  const { database } = project
  if (skipped.length === 0) return
  const mark = database
    .prepare<[string, string], number>(
      `UPDATE images SET status = ? WHERE sha256 = ? AND removed_at IS NULL AND status = 'ready' RETURNING id`,
    )
    .pluck()
  const ids = project.transaction(() =>
    skipped.flatMap(({ path }) =>
      mark.all(existsSync(path) ? 'unreadable' : 'missing', hashOf.get(path) ?? ''),
    ),
  )
  if (ids.length > 0)
    publish('images.changed', { projectId: project.id, ids: ids.length > 5000 ? null : ids })
}
