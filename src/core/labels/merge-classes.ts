import { AppError } from '../../contract/errors.ts'
import type { CoreContext } from '../context.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { getClass, withoutDeleted } from './classes.ts'
import { runCommand } from './journal.ts'
import { groupByClasses, imagesOfClass, labelsOf } from './labels-of.ts'

/**
 * Gives the images of one class another one, and deletes the first, as one command.
 *
 * @returns how many images it had
 * @throws class-not-found, invalid-input where both are the same
 */
export function mergeClasses(
  context: Pick<CoreContext, 'publish'>,
  project: OpenProject,
  fromId: number,
  intoId: number,
): number {
  if (fromId === intoId) {
    throw new AppError('invalid-input', 'A class cannot be merged with itself; choose another one.', {
      classId: fromId,
    })
  }
  const [from, into] = [getClass(project, fromId), getClass(project, intoId)]
  const before = labelsOf(project, imagesOfClass(project, fromId))
  const after = new Map(
    [...before].map(([imageId, classIds]) => [
      imageId,
      [...new Set(classIds.map((id) => (id === fromId ? intoId : id)))].sort((a, b) => a - b),
    ]),
  )
  const row = withoutDeleted(from)
  runCommand(context, project, {
    kind: 'classes.merge',
    payload: [
      { do: 'labels', groups: groupByClasses(after) },
      { do: 'class', row, deleted: true },
    ],
    inverse: [
      { do: 'class', row, deleted: false },
      { do: 'labels', groups: groupByClasses(before) },
    ],
    summary: { images: before.size, class: into.name, from: from.name },
  })
  return before.size
}
