import { AppError } from '../../contract/errors.ts'
import type { CoreContext } from '../context.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { liveClasses, withoutDeleted } from './classes.ts'
import { runCommand } from './journal.ts'
import type { JournalOperation } from './operations.ts'

/**
 * Puts all classes of the project in the order given, as one command.
 *
 * @param classIds every class once
 * @throws invalid-input where they are not all, or one is named twice
 */
export function reorderClasses(
  context: Pick<CoreContext, 'publish'>,
  project: OpenProject,
  classIds: readonly number[],
): void {
  const rows = liveClasses(project)
  const asked = new Set(classIds)
  if (asked.size !== classIds.length || asked.size !== rows.length || rows.some(({ id }) => !asked.has(id))) {
    throw new AppError(
      'invalid-input',
      `The new order should name each of the ${rows.length} classes once; ${asked.size} were named. Read the classes again.`,
      { expected: rows.map(({ id }) => String(id)), received: classIds.map(String) },
    )
  }
  const placeOf = new Map(classIds.map((id, position) => [id, position]))
  const moved = rows.filter((row) => placeOf.get(row.id) !== row.position)
  if (moved.length === 0) return
  const operation = (row: (typeof rows)[number], position: number): JournalOperation => ({
    do: 'class',
    row: { ...withoutDeleted(row), position },
    deleted: false,
  })
  runCommand(context, project, {
    kind: 'classes.reorder',
    payload: moved.map((row) => operation(row, placeOf.get(row.id) ?? row.position)),
    inverse: moved.map((row) => operation(row, row.position)),
    summary: { classes: moved.length },
  })
}
