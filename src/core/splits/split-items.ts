import type { Split } from '../../contract/entities.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { groupNumbers, imageGroups } from './image-groups.ts'
import type { SplitItem } from './plan-splits.ts'

/** Every labelled image that is not removed, with its group. */
export function splitItems(project: OpenProject): SplitItem[] {
  const groups = groupNumbers(imageGroups(project))
  return project.database
    .prepare<[], SplitItem>(
      `SELECT images.id, coalesce(images.sha256, images.relative_path) AS key, min(class_id) AS stratum, images.split
       FROM annotations JOIN images ON images.id = annotations.image_id
       WHERE images.removed_at IS NULL GROUP BY images.id`,
    )
    .all()
    .map((item) => ({ ...item, group: groups.get(item.id) }))
}

/** Counts over every image that is not removed, labelled or not. */
export function countSplits({ database }: OpenProject): Record<Split | 'none', number> {
  const counts = { train: 0, validation: 0, test: 0, none: 0 }
  const rows = database.prepare<[], { split: Split | null; count: number }>(
    'SELECT split, count(*) AS count FROM images INDEXED BY images_by_split WHERE removed_at IS NULL GROUP BY split',
  )
  for (const { split, count } of rows.iterate()) counts[split ?? 'none'] = count
  return counts
}
