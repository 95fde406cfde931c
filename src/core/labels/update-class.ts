import type { ImageClass } from '../../contract/entities.ts'
import { AppError } from '../../contract/errors.ts'
import { reservedKeys } from '../../contract/shortcuts.ts'
import type { CoreContext } from '../context.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import type { ClassRow } from '../store/tables/classes.ts'
import {
  countImagesByClass,
  freeClassName,
  getClass,
  liveClasses,
  toImageClass,
  withoutDeleted,
} from './classes.ts'
import { classNameOf } from './class-name.ts'
import { runCommand } from './journal.ts'
import type { JournalOperation } from './operations.ts'

/** What of a class changes; what is left out stays. */
export interface ClassChange {
  readonly name?: string | undefined
  /** `#rrggbb` */
  readonly color?: string | undefined
  /** The single key that labels with it; a class that had it loses it. Null: none. */
  readonly key?: string | null | undefined
}

/**
 * Renames a class, gives it another colour or another key, as one command.
 *
 * @throws class-not-found, class-name-invalid, class-exists, class-key-invalid
 */
export function updateClass(
  context: Pick<CoreContext, 'publish'>,
  project: OpenProject,
  classId: number,
  change: ClassChange,
): ImageClass {
  const before = withoutDeleted(getClass(project, classId))
  const name = change.name === undefined ? before.name : classNameOf(change.name)
  const after = {
    ...before,
    name: name === before.name ? name : freeClassName(project, name),
    color: change.color ?? before.color,
    shortcut: change.key === undefined ? before.shortcut : keyOf(change.key),
  }
  const images = countImagesByClass(project).get(classId) ?? 0
  if (isSame(before, after)) return toImageClass(after, images)
  const holder =
    after.shortcut === null || after.shortcut === before.shortcut
      ? undefined
      : liveClasses(project).find((row) => row.id !== classId && row.shortcut === after.shortcut)
  const rows = [before, ...(holder ? [withoutDeleted(holder)] : [])]
  const changed = [...(holder ? [{ ...withoutDeleted(holder), shortcut: null }] : []), after]
  runCommand(context, project, {
    kind: after.name === before.name ? 'classes.update' : 'classes.rename',
    payload: changed.map(asOperation),
    inverse: rows.map(asOperation),
    summary: { class: after.name, ...(after.name === before.name ? {} : { from: before.name }) },
  })
  return toImageClass(after, images)
}

function asOperation(row: Omit<ClassRow, 'deleted_at'>): JournalOperation {
  return { do: 'class', row, deleted: false }
}

function isSame(one: Omit<ClassRow, 'deleted_at'>, other: Omit<ClassRow, 'deleted_at'>): boolean {
  return one.name === other.name && one.color === other.color && one.shortcut === other.shortcut
}

function keyOf(key: string | null): string | null {
  if (key === null) return null
  const lower = key.toLowerCase()
  if ([...lower].length === 1 && lower.trim() !== '' && !(reservedKeys as readonly string[]).includes(lower))
    return lower
  throw new AppError(
    'class-key-invalid',
    `A class's key should be one letter, digit or sign that the interface does not use itself (it uses ${reservedKeys.filter((one) => one !== ' ').join(' ')} and the space bar); '${key}' is not.`,
    { key },
  )
}
