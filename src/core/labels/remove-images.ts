import type { CoreContext } from '../context.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { runCommand } from './journal.ts'
import { liveImageIds } from './live-images.ts'

/**
 * Hides images from the project; rows, labels and files stay, so that undo brings all of it back.
 * @returns how many
 * @throws image-not-found
 */
export function removeImages(
  context: Pick<CoreContext, 'publish'>,
  project: OpenProject,
  imageIds: readonly number[],
): number {
  const ids = liveImageIds(project, imageIds)
  runCommand(context, project, {
    kind: 'images.remove',
    payload: [{ do: 'hide-images', imageIds: ids }],
    inverse: [{ do: 'show-images', imageIds: ids }],
    summary: { images: ids.length },
  })
  return ids.length
}
