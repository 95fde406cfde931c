import type { ImageClass } from '../../contract/entities.ts'
import type { CoreContext } from '../context.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { freeClassName, nextClass, toImageClass } from './classes.ts'
import { runCommand } from './journal.ts'
import { groupByClasses, labelsOf } from './labels-of.ts'
import { liveImageIds } from './live-images.ts'

/**
 * Makes a class of some images, which lose the classes they had, as one command.
 *
 * @throws class-name-invalid, class-exists, image-not-found
 */
export function splitOffClass(
  context: Pick<CoreContext, 'publish'>,
  project: OpenProject,
  imageIds: readonly number[],
  given: string,
): ImageClass {
  const name = freeClassName(project, given)
  const row = nextClass(project, name)
  const before = labelsOf(project, liveImageIds(project, imageIds))
  runCommand(context, project, {
    kind: 'classes.splitOff',
    payload: [
      { do: 'class', row, deleted: false },
      { do: 'labels', groups: [{ classIds: [row.id], imageIds: [...before.keys()] }] },
    ],
    inverse: [
      { do: 'labels', groups: groupByClasses(before) },
      { do: 'class', row, deleted: true },
    ],
    summary: { images: before.size, class: name },
  })
  return toImageClass(row, before.size)
}
