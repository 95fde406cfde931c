import type { OpenProject } from '../projects/open-projects.ts'
import { leastConnected } from './least-connected.ts'
import { nearDuplicateCorrelation } from './compare-layouts.ts'
import { readLimits } from './limits.ts'

/** Images that show the same. */
export interface NearGroup {
  /** Two or more, ascending. */
  imageIds: number[]
  /** The least of its pairs'. */
  similarity: number
}

/** An image that came as several files. */
export interface ExactGroup {
  imageId: number
  /** Absolute. */
  paths: string[]
  /** Classes that the files' folders, or lists, gave them. */
  classes: string[]
}

/**
 * Groups of images that pairs connect, apart from removed images and from pairs that a person said are none. By their lowest image.
 *
 * @param limit similarity from which on a pair counts
 */
export function nearGroups(
  project: OpenProject,
  limit = readLimits(project)['near-duplicates'] ?? nearDuplicateCorrelation,
): NearGroup[] {
  const pairs = project.database
    .prepare<[number], { a: number; b: number; similarity: number }>(
      `SELECT pairs.image_id AS a, pairs.other_id AS b, similarity
       FROM near_duplicates AS pairs
       JOIN images AS one ON one.id = pairs.image_id AND one.removed_at IS NULL
       JOIN images AS other ON other.id = pairs.other_id AND other.removed_at IS NULL
       WHERE similarity >= ? AND NOT EXISTS (
         SELECT 1 FROM dismissed_findings AS dismissed
         WHERE dismissed.kind = 'near-duplicates' AND dismissed.image_id = pairs.image_id
           AND dismissed.other_id = pairs.other_id)
       ORDER BY pairs.image_id, pairs.other_id`,
    )
    .all(limit)
  const leastOf = leastConnected(pairs.map(({ a, b }) => [a, b]))
  const groups = new Map<number, NearGroup>()
  for (const [id, least] of [...leastOf].sort(([a], [b]) => a - b)) {
    const group = groups.get(least)
    if (group) group.imageIds.push(id)
    else groups.set(least, { imageIds: [id], similarity: 1 })
  }
  for (const { a, similarity } of pairs) {
    const group = groups.get(leastOf.get(a) as number) as NearGroup
    group.similarity = Math.min(group.similarity, similarity)
  }
  return [...groups.values()]
}

/** By image. */
export function exactGroups({ database }: OpenProject): ExactGroup[] {
  const rows = database
    .prepare<[], { imageId: number; path: string; className: string | null }>(
      `SELECT image_id AS imageId, image_sources.path, class_name AS className
       FROM image_sources JOIN images ON images.id = image_id AND removed_at IS NULL
       WHERE image_id IN (SELECT image_id FROM image_sources GROUP BY image_id HAVING count(*) > 1)
         AND image_id NOT IN (SELECT image_id FROM dismissed_findings WHERE kind = 'exact-duplicates')
       ORDER BY image_id, image_sources.path`,
    )
    .all()
  const groups = new Map<number, ExactGroup>()
  for (const { imageId, path, className } of rows) {
    const group = groups.get(imageId) ?? { imageId, paths: [], classes: [] }
    groups.set(imageId, group)
    group.paths.push(path)
    if (className !== null && !group.classes.includes(className)) group.classes.push(className)
  }
  return [...groups.values()]
}
