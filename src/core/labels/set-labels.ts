import type { CoreContext } from '../context.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { getClass } from './classes.ts'
import { runCommand } from './journal.ts'
import { groupByClasses, labelsOf } from './labels-of.ts'
import { liveImageIds } from './live-images.ts'

/**
 * Labels images with one class, or takes their labels away: one command however many, durable when this returns.
 * @param classId null: no label
 * @returns how many images have another label now than before
 * @throws class-not-found, image-not-found
 */
export function setLabels(
  context: Pick<CoreContext, 'publish'>,
  project: OpenProject,
  imageIds: readonly number[],
  classId: number | null,
): number {
  const name = classId === null ? null : getClass(project, classId).name
  const before = labelsOf(project, liveImageIds(project, imageIds))
  for (const [imageId, classIds] of before) {
    const same = classId === null ? classIds.length === 0 : classIds.length === 1 && classIds[0] === classId
    if (same) before.delete(imageId)
  }
  if (before.size === 0) return 0
  const groups = [{ classIds: classId === null ? [] : [classId], imageIds: [...before.keys()] }]
  runCommand(context, project, {
    kind: 'labels.set',
    payload: [{ do: 'labels', groups }],
    inverse: [{ do: 'labels', groups: groupByClasses(before) }],
    summary: { images: before.size, class: name },
  })
  return before.size
}
