import type { CoreContext } from '../context.ts'
import { runCommand } from '../labels/journal.ts'
import { labelsOf } from '../labels/labels-of.ts'
import { liveImageIds } from '../labels/live-images.ts'
import type { OpenProject } from '../projects/open-projects.ts'

/**
 * A person says that the labels of these images are right: one command that can be undone.
 *
 * @returns of how many images that was not known
 * @throws image-not-found
 */
export function keepLabels(
  context: Pick<CoreContext, 'publish'>,
  project: OpenProject,
  imageIds: readonly number[],
): number {
  const isConfirmed = project.database.prepare<[number, number]>(
    'SELECT 1 FROM confirmed_labels WHERE image_id = ? AND class_id = ?',
  )
  const labels: [number, number][] = []
  for (const [imageId, classIds] of labelsOf(project, liveImageIds(project, imageIds))) {
    for (const classId of classIds) {
      if (isConfirmed.get(imageId, classId) === undefined) labels.push([imageId, classId])
    }
  }
  const images = new Set(labels.map(([imageId]) => imageId)).size
  if (images === 0) return 0
  const operation = { do: 'confirmations' as const, labels }
  runCommand(context, project, {
    kind: 'labels.confirm',
    payload: [{ ...operation, confirmed: true }],
    inverse: [{ ...operation, confirmed: false }],
    summary: { images },
  })
  return images
}
