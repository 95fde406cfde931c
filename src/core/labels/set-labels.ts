import type { CoreContext } from '../context.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { getClass } from './classes.ts'
import { runCommand } from './journal.ts'
import { groupByClasses, labelsOf } from './labels-of.ts'
import { liveImageIds } from './live-images.ts'

/** What happens to the classes that an image has besides: they go, stay, or only the one named goes. */
export type LabelMode = 'replace' | 'add' | 'remove'

/**
 * Labels images with a class, or takes labels away: one command however many, durable when this returns.
 * @param classId null: no label at all
 * @returns how many images have another label now than before
 * @throws class-not-found, image-not-found
 */
export function setLabels(
  context: Pick<CoreContext, 'publish'>,
  project: OpenProject,
  imageIds: readonly number[],
  classId: number | null,
  mode: LabelMode = 'replace',
): number {
  const name = classId === null ? null : getClass(project, classId).name
  const before = labelsOf(project, liveImageIds(project, imageIds))
  const after = new Map<number, number[]>()
  for (const [imageId, classIds] of before) {
    const next = classId === null ? [] : nextClasses(classIds, classId, mode)
    if (next.join() === classIds.join()) before.delete(imageId)
    else after.set(imageId, next)
  }
  if (before.size === 0) return 0
  runCommand(context, project, {
    kind: mode === 'replace' ? 'labels.set' : `labels.${mode}`,
    payload: [{ do: 'labels', groups: groupByClasses(after) }],
    inverse: [{ do: 'labels', groups: groupByClasses(before) }],
    summary: { images: before.size, class: name },
  })
  return before.size
}

/** Ascending, as `labelsOf` has them. */
function nextClasses(classIds: readonly number[], classId: number, mode: LabelMode): number[] {
  if (mode === 'replace') return [classId]
  const others = classIds.filter((id) => id !== classId)
  return mode === 'add' ? [...others, classId].sort((a, b) => a - b) : others
}
