import type { CoreContext } from '../context.ts'
import { getClass } from '../labels/classes.ts'
import { runCommand } from '../labels/journal.ts'
import { groupByClasses, labelsOf } from '../labels/labels-of.ts'
import { liveImageIds } from '../labels/live-images.ts'
import type { OpenProject } from '../projects/open-projects.ts'

/**
 * Labels images as it was proposed to the person: one command however many and of whatever classes, durable when this returns. Images that
 * have a label keep it.
 *
 * @returns how many were labelled
 * @throws class-not-found, image-not-found
 */
export function acceptSuggestions(
  context: Pick<CoreContext, 'publish'>,
  project: OpenProject,
  proposed: readonly { classId: number; imageIds: readonly number[] }[],
): number {
  const before = new Map<number, number[]>()
  const names = new Set<string>()
  const groups = proposed.flatMap(({ classId, imageIds }) => {
    const { name } = getClass(project, classId)
    const unlabelled = [...labelsOf(project, liveImageIds(project, imageIds))]
      .filter(([id, classIds]) => classIds.length === 0 && !before.has(id))
      .map(([id]) => id)
    if (unlabelled.length === 0) return []
    for (const id of unlabelled) before.set(id, [])
    names.add(name)
    return [{ classIds: [classId], imageIds: unlabelled }]
  })
  if (before.size === 0) return 0
  const [first = ''] = names
  runCommand(context, project, {
    kind: 'suggestions.accept',
    payload: [{ do: 'labels', groups }],
    inverse: [{ do: 'labels', groups: groupByClasses(before) }],
    summary: { images: before.size, class: names.size === 1 ? first : '', classes: names.size },
  })
  return before.size
}
