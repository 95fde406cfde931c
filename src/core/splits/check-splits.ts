import { splitNames, type Split } from '../../contract/entities.ts'
import type { RequestOutput } from '../../contract/requests/index.ts'
import { countToScan } from '../hygiene/scan.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { imageGroups } from './image-groups.ts'

/** Groups of images that belong on one side and are on several: what is learnt from one of them is tested by another. */
export function checkSplits(project: OpenProject): RequestOutput<'splits.check'> {
  const splits = new Map(
    project.database
      .prepare<[], { id: number; split: Split }>(
        'SELECT id, split FROM images WHERE removed_at IS NULL AND split IS NOT NULL',
      )
      .all()
      .map(({ id, split }) => [id, split]),
  )
  const leaks = imageGroups(project).flatMap(({ kind, imageIds }) => {
    const placed = imageIds.filter((id) => splits.has(id))
    const found = splitNames.filter((split) => placed.some((id) => splits.get(id) === split))
    return found.length > 1 ? [{ kind, imageIds: placed, splits: found }] : []
  })
  return { leaks, toScan: countToScan(project) }
}
