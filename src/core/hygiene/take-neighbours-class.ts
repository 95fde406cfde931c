import type { CoreContext } from '../context.ts'
import { runCommand } from '../labels/journal.ts'
import { getClass } from '../labels/classes.ts'
import { groupByClasses, labelsOf } from '../labels/labels-of.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { oddNeighbours } from './odd-neighbours.ts'

/**
 * Gives images the class that their neighbours have, as one command that can be undone.
 *
 * @param imageIds those that are no odd neighbours (any more) stay as they are
 * @returns how many were labelled
 */
export function takeNeighboursClass(
  context: Pick<CoreContext, 'publish'>,
  project: OpenProject,
  imageIds: readonly number[],
): number {
  const asked = new Set(imageIds)
  const after = new Map(
    oddNeighbours(project)
      .filter(({ imageId }) => asked.has(imageId))
      .map(({ imageId, neighbourClassId }): [number, number[]] => [imageId, [neighbourClassId]]),
  )
  if (after.size === 0) return 0
  const classIds = new Set([...after.values()].flat())
  const [first] = classIds
  runCommand(context, project, {
    kind: 'hygiene.relabel',
    payload: [{ do: 'labels', groups: groupByClasses(after) }],
    inverse: [{ do: 'labels', groups: groupByClasses(labelsOf(project, [...after.keys()])) }],
    summary: {
      images: after.size,
      class: classIds.size === 1 && first !== undefined ? getClass(project, first).name : '',
    },
  })
  return after.size
}
