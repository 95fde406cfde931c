import {
  imageFilterSchema,
  imageGroupingSchema,
  imageSortSchema,
  type ImageGrouping,
  type ImageSort,
  type SavedView,
} from '../../contract/image-query.ts'
import { AppError } from '../../contract/errors.ts'
import type { RequestParsedInput } from '../../contract/requests/index.ts'
import type { CoreContext } from '../context.ts'
import { runCommand } from '../labels/journal.ts'
import type { JournalOperation } from '../labels/operations.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import type { SavedViewRow } from '../store/tables/saved-views.ts'

const liveSql = 'SELECT * FROM saved_views WHERE deleted_at IS NULL'
const longestName = 100

/** By name. */
export function listViews({ database }: OpenProject): SavedView[] {
  return database.prepare<[], SavedViewRow>(`${liveSql} ORDER BY name`).all().map(toSavedView)
}

/** @throws view-name-invalid, view-exists, view-not-found */
export function saveView(
  context: Pick<CoreContext, 'publish'>,
  project: OpenProject,
  { viewId, name: given, filter, sort, grouping }: Omit<RequestParsedInput<'views.save'>, 'projectId'>,
): SavedView {
  const before = viewId === undefined ? null : withoutDeleted(getView(project, viewId))
  const name = freeName(project, given, before?.id)
  const row = {
    id: before?.id ?? nextId(project),
    name,
    filter: JSON.stringify(filter),
    sort: JSON.stringify({ ...sort, grouping }),
  }
  const operation: JournalOperation = { do: 'view', row, deleted: false }
  if (before === null || JSON.stringify(before) !== JSON.stringify(row)) {
    runCommand(context, project, {
      kind: before === null ? 'views.create' : 'views.update',
      payload: [operation],
      inverse: [before === null ? { ...operation, deleted: true } : { ...operation, row: before }],
      summary: { view: name },
    })
  }
  return toSavedView(row)
}

/** @throws view-not-found */
export function deleteView(
  context: Pick<CoreContext, 'publish'>,
  project: OpenProject,
  viewId: number,
): void {
  const row = withoutDeleted(getView(project, viewId))
  runCommand(context, project, {
    kind: 'views.delete',
    payload: [{ do: 'view', row, deleted: true }],
    inverse: [{ do: 'view', row, deleted: false }],
    summary: { view: row.name },
  })
}

function getView({ database }: OpenProject, viewId: number): SavedViewRow {
  const row = database.prepare<[number], SavedViewRow>(`${liveSql} AND id = ?`).get(viewId)
  if (row) return row
  throw new AppError('view-not-found', `There is no view with the id ${viewId}; it may have been deleted.`, {
    viewId,
  })
}

function freeName({ database }: OpenProject, given: string, ownId: number | undefined): string {
  const name = given.normalize('NFC').trim()
  if (name === '' || name.length > longestName) {
    throw new AppError(
      'view-name-invalid',
      `A view's name should have 1 to ${longestName} characters; this one has ${name.length}.`,
      { name },
    )
  }
  const other = database
    .prepare<[string], number>('SELECT id FROM saved_views WHERE deleted_at IS NULL AND name = ?')
    .pluck()
    .get(name)
  if (other === undefined || other === ownId) return name
  throw new AppError(
    'view-exists',
    `There is a view ${name} already. Choose another name, or change that view.`,
    {
      name,
    },
  )
}

/** AUTOINCREMENT also remembers ids that are gone. */
function nextId({ database }: OpenProject): number {
  const last = database
    .prepare<[], number>("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'saved_views'")
    .pluck()
    .get()
  return (last ?? 0) + 1
}

function withoutDeleted({ id, name, filter, sort }: SavedViewRow): Omit<SavedViewRow, 'deleted_at'> {
  return { id, name, filter, sort }
}

/** A filter or an order of a newer program that this one does not know is shown as far as it is known. */
function toSavedView({ id, name, filter, sort }: Omit<SavedViewRow, 'deleted_at'>): SavedView {
  return {
    id,
    name,
    filter: imageFilterSchema.safeParse(JSON.parse(filter)).data ?? {},
    ...toArrangement(sort),
  }
}

/** The bare names that older programs kept an order by. */
const olderSorts: Record<string, ImageSort> = {
  class: { by: 'class', descending: false },
  split: { by: 'split', descending: false },
  newest: { by: 'imported', descending: true },
  size: { by: 'pixels', descending: true },
}

function toArrangement(text: string): { sort: ImageSort; grouping: ImageGrouping } {
  if (!text.startsWith('{')) return { sort: olderSorts[text] ?? imageSortSchema.parse({}), grouping: 'none' }
  const { grouping, ...sort } = JSON.parse(text) as Record<string, unknown>
  return {
    sort: imageSortSchema.safeParse(sort).data ?? imageSortSchema.parse({}),
    grouping: imageGroupingSchema.safeParse(grouping).data ?? 'none',
  }
}
