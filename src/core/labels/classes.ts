import type { ImageClass } from '../../contract/entities.ts'
import { AppError } from '../../contract/errors.ts'
import { classKeys } from '../../contract/shortcuts.ts'
import type { CoreContext } from '../context.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import type { ClassRow } from '../store/tables/classes.ts'
import { sortKeyOf } from '../store/tables/images.ts'
import { classColors } from './class-colors.ts'
import { classNameOf } from './class-name.ts'
import { runCommand } from './journal.ts'
import { groupByClasses, imagesOfClass, labelsOf } from './labels-of.ts'
import { applyOperations, type JournalOperation } from './operations.ts'

type Publisher = Pick<CoreContext, 'publish'>

const liveSql = 'SELECT * FROM classes WHERE deleted_at IS NULL'

/** By position, with the count of images that are not removed. */
export function listClasses(project: OpenProject): ImageClass[] {
  const counts = countImagesByClass(project)
  return liveClasses(project).map((row) => toImageClass(row, counts.get(row.id) ?? 0))
}

/** By position. */
export function liveClasses({ database }: OpenProject): ClassRow[] {
  return database.prepare<[], ClassRow>(`${liveSql} ORDER BY position, id`).all()
}

/** Counts of images that are not removed, by class id. */
export function countImagesByClass({ database }: OpenProject): Map<number, number> {
  type Count = { id: number; count: number }
  const counts = new Map<number, number>()
  // Two passes over indexes: far cheaper than looking every image up, and few images are removed.
  const all = database.prepare<[], Count>(
    'SELECT class_id AS id, count(*) AS count FROM annotations GROUP BY class_id',
  )
  for (const { id, count } of all.iterate()) counts.set(id, count)
  const removed = database.prepare<[], Count>(
    `SELECT class_id AS id, count(*) AS count FROM images CROSS JOIN annotations ON annotations.image_id = images.id
     WHERE images.removed_at IS NOT NULL GROUP BY class_id`,
  )
  for (const { id, count } of removed.iterate()) counts.set(id, (counts.get(id) ?? 0) - count)
  return counts
}

/** @throws class-name-invalid, class-exists */
export function createClass(context: Publisher, project: OpenProject, given: string): ImageClass {
  const name = freeClassName(project, given)
  const row = nextClass(project, name)
  runCommand(context, project, {
    kind: 'classes.create',
    payload: [{ do: 'class', row, deleted: false }],
    inverse: [{ do: 'class', row, deleted: true }],
    summary: { class: name },
  })
  return toImageClass(row, 0)
}

/**
 * Its images become unlabelled.
 * @returns how many were labelled with it
 * @throws class-not-found
 */
export function deleteClass(context: Publisher, project: OpenProject, classId: number): number {
  const row = getClass(project, classId)
  const imageIds = imagesOfClass(project, classId)
  const images = countImagesByClass(project).get(classId) ?? 0
  const deletion: JournalOperation = { do: 'class', row: withoutDeleted(row), deleted: true }
  runCommand(context, project, {
    kind: 'classes.delete',
    payload: [deletion],
    inverse: [
      { ...deletion, deleted: false },
      { do: 'labels', groups: groupByClasses(labelsOf(project, imageIds)) },
    ],
    summary: { class: row.name, images },
  })
  return images
}

/**
 * Finds or makes a class for each name, within the caller's transaction and as part of its command; new ones in the order of their names.
 * @param names valid ones, as `classNameFromFolder` gives
 * @returns ids by name, and the operations for the caller's command
 */
export function ensureClasses(
  project: OpenProject,
  names: Iterable<string>,
): { ids: Map<string, number>; payload: JournalOperation[]; inverse: JournalOperation[] } {
  const ids = new Map<string, number>()
  const payload: JournalOperation[] = []
  const inverse: JournalOperation[] = []
  for (const name of [...new Set(names)].sort(inOrder)) {
    const found = classByName(project, name)
    if (found) {
      ids.set(name, found.id)
      continue
    }
    const row = nextClass(project, name)
    const operation: JournalOperation = { do: 'class', row, deleted: false }
    applyOperations(project, [operation])
    ids.set(name, row.id)
    payload.push(operation)
    inverse.unshift({ do: 'class', row, deleted: true })
  }
  return { ids, payload, inverse }
}

/** As people number things: class 2 before class 10. */
function inOrder(a: string, b: string): number {
  const [first, second] = [sortKeyOf(a), sortKeyOf(b)]
  return first < second ? -1 : first > second ? 1 : 0
}

/** @throws class-not-found */
export function getClass(project: OpenProject, classId: number): ClassRow {
  const row = project.database.prepare<[number], ClassRow>(`${liveSql} AND id = ?`).get(classId)
  if (row) return row
  throw new AppError(
    'class-not-found',
    `There is no class with the id ${classId}; it may have been deleted. The classes are: ${classNames(project)}.`,
    { classId },
  )
}

export function classByName(project: OpenProject, name: string): ClassRow | undefined {
  return project.database.prepare<[string], ClassRow>(`${liveSql} AND name = ?`).get(name)
}

function classNames(project: OpenProject): string {
  const names = project.database
    .prepare<[], string>('SELECT name FROM classes WHERE deleted_at IS NULL ORDER BY position LIMIT 20')
    .pluck()
    .all()
  return names.length ? names.join(', ') : 'none yet'
}

/** @throws class-name-invalid, class-exists */
export function freeClassName(project: OpenProject, given: string): string {
  const name = classNameOf(given)
  if (!classByName(project, name)) return name
  throw new AppError(
    'class-exists',
    `There is a class ${name} already. Choose another name, or use that class.`,
    {
      name,
    },
  )
}

/** Id, colour, key and position for a class to be. */
export function nextClass({ database }: OpenProject, name: string): Omit<ClassRow, 'deleted_at'> {
  // Not max(id) of the table: AUTOINCREMENT also remembers ids that are gone.
  const id =
    1 +
    (database
      .prepare<[], number>("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'classes'")
      .pluck()
      .get() ?? 0)
  const position =
    1 +
    (database
      .prepare<[], number>('SELECT coalesce(max(position), -1) FROM classes WHERE deleted_at IS NULL')
      .pluck()
      .get() ?? -1)
  const used = new Set(
    database
      .prepare<[], string | null>('SELECT shortcut FROM classes WHERE deleted_at IS NULL')
      .pluck()
      .all(),
  )
  return {
    id,
    name,
    color: classColors[(id - 1) % classColors.length] as string,
    shortcut: classKeys.find((key) => !used.has(key)) ?? null,
    position,
  }
}

export function withoutDeleted({
  id,
  name,
  color,
  shortcut,
  position,
}: ClassRow): Omit<ClassRow, 'deleted_at'> {
  return { id, name, color, shortcut, position }
}

export function toImageClass(row: Omit<ClassRow, 'deleted_at'>, images: number): ImageClass {
  return { id: row.id, name: row.name, color: row.color, key: row.shortcut, position: row.position, images }
}
