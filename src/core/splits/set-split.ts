import type { Split } from '../../contract/entities.ts'
import type { CoreContext } from '../context.ts'
import { liveImageIds } from '../labels/live-images.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { changeSplits } from './change-splits.ts'

/**
 * @param split null: none
 * @returns how many images have another split now than before
 * @throws image-not-found
 */
export function setSplit(
  context: Pick<CoreContext, 'publish'>,
  project: OpenProject,
  imageIds: readonly number[],
  split: Split | null,
): number {
  const ids = project.database
    .prepare<[string, Split | null], number>(
      'SELECT id FROM images WHERE id IN (SELECT value FROM json_each(?)) AND split IS NOT ?',
    )
    .pluck()
    .all(JSON.stringify(liveImageIds(project, imageIds)), split)
  changeSplits(context, project, new Map(ids.map((id) => [id, split])), {
    kind: 'splits.set',
    summary: { images: ids.length, split },
  })
  return ids.length
}
