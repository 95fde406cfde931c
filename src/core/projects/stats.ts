import type { ImageStatus, Stats } from '../../contract/entities.ts'
import { countImagesByClass } from '../labels/classes.ts'
import { countSplits } from '../splits/split-items.ts'
import type { OpenProject } from './open-projects.ts'

/** Images that are not removed. */
export function countImages({ database }: OpenProject): number {
  return (
    database.prepare<[], number>('SELECT count(*) FROM images WHERE removed_at IS NULL').pluck().get() ?? 0
  )
}

export function readStats(project: OpenProject): Stats {
  const { database } = project
  const byClass = countImagesByClass(project)
  const classes = database
    .prepare<[], { id: number; name: string }>(
      'SELECT id, name FROM classes WHERE deleted_at IS NULL ORDER BY position, id',
    )
    .all()
  const statuses = new Map(
    database
      .prepare<[], [ImageStatus, number]>(
        'SELECT status, count(*) FROM images INDEXED BY images_by_status WHERE removed_at IS NULL GROUP BY status',
      )
      .raw()
      .all(),
  )
  return {
    images: countImages(project),
    labelled: countLabelled(project),
    classes: classes.map(({ id, name }) => ({ name, count: byClass.get(id) ?? 0 })),
    splits: countSplits(project),
    missing: statuses.get('missing') ?? 0,
    unreadable: statuses.get('unreadable') ?? 0,
    pending: statuses.get('pending') ?? 0,
  }
}

function countLabelled({ database }: OpenProject): number {
  const count = (sql: string) => database.prepare<[], number>(sql).pluck().get() ?? 0
  const labelled = count('SELECT count(DISTINCT image_id) FROM annotations')
  const removed = count(
    `SELECT count(*) FROM images WHERE removed_at IS NOT NULL
     AND EXISTS (SELECT 1 FROM annotations WHERE image_id = images.id)`,
  )
  return labelled - removed
}
