import { splitNames } from '../../../contract/entities.ts'
import type { GroupValue, ImageGroup, ImageGrouping } from '../../../contract/image-query.ts'
import { liveClasses } from '../../labels/classes.ts'
import type { OpenProject } from '../../projects/open-projects.ts'
import { localMs, msOfDay } from './image-columns.ts'
import type { ImagePredictions } from './image-predictions.ts'
import type { ImageTable } from './image-table.ts'

/** Which group an image is in: a place in `values`. */
interface Assignment {
  /** In the order of groups. */
  values: readonly GroupValue[]
  placeOf(id: number): number
}

/** Ids group after group, within each as they came; groups without images are left out. */
export function groupImages(
  ids: Int32Array,
  { values, placeOf }: Assignment,
): { ids: Int32Array; groups: ImageGroup[] } {
  const counts = new Uint32Array(values.length)
  const places = Uint32Array.from(ids, (id) => placeOf(id))
  for (const place of places) counts[place] = (counts[place] as number) + 1
  const ends = new Uint32Array(values.length)
  for (let place = 1; place < values.length; place += 1)
    ends[place] = (ends[place - 1] as number) + (counts[place - 1] as number)
  const grouped = new Int32Array(ids.length)
  ids.forEach((id, index) => {
    const place = places[index] as number
    const to = ends[place] as number
    grouped[to] = id
    ends[place] = to + 1
  })
  const groups = values.flatMap((value, place) => {
    const count = counts[place] as number
    return count > 0 ? [{ value, count }] : []
  })
  return { ids: grouped, groups }
}

/** @param predictions only of the grouping by predicted class */
export function assignGroups(
  project: OpenProject,
  table: ImageTable,
  grouping: Exclude<ImageGrouping, 'none'>,
  predictions: ImagePredictions | undefined,
): Assignment {
  const { columns, order } = table
  switch (grouping) {
    case 'class':
      return byClass(project, (id) => columns.severalClassIds.get(id) ?? [columns.classIds[id] as number])
    case 'predicted':
      return byClass(project, (id) => [predictions?.classIds[id] ?? 0])
    case 'split':
      return { values: [...splitNames, null], placeOf: (id) => columns.splits[id] as number }
    case 'folder':
      return byFolder(project, table)
    case 'import':
      return byNumber(
        order,
        (id) => columns.importIds[id] as number,
        0,
        (importId) => importId,
      )
    case 'taken':
      return byNumber(order, (id) => columns.takenDays[id] as number, -1, dayName)
    case 'imported': {
      const days = importDays(project)
      return byNumber(order, (id) => days.get(columns.importIds[id] as number) ?? -1, -1, dayName)
    }
  }
}

/** Classes in their order, those without at the end; of several the first. */
function byClass(project: OpenProject, classesOf: (id: number) => readonly number[]): Assignment {
  const values = liveClasses(project).map(({ id }) => id)
  const places = new Map(values.map((id, place) => [id, place]))
  const none = values.length
  return {
    values: [...values, null],
    placeOf: (id) => classesOf(id).reduce((least, other) => Math.min(least, places.get(other) ?? none), none),
  }
}

interface KnownFolders {
  orderVersion: number
  values: readonly string[]
  /** Of each image, at the place of its id. */
  places: Uint32Array
}

const knownFolders = new WeakMap<OpenProject, KnownFolders>()

/** In the order of paths. */
function byFolder(project: OpenProject, { order, orderVersion, columns }: ImageTable): Assignment {
  let known = knownFolders.get(project)
  if (known?.orderVersion !== orderVersion) {
    const placeOf = new Map<string, number>()
    const places = new Uint32Array(columns.splits.length)
    for (const id of order) {
      const path = columns.paths[id] as string
      const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')))
      const place = placeOf.get(folder) ?? placeOf.size
      placeOf.set(folder, place)
      places[id] = place
    }
    known = { orderVersion, values: [...placeOf.keys()], places }
    knownFolders.set(project, known)
  }
  const { values, places } = known
  return { values, placeOf: (id) => places[id] as number }
}

/** The highest first, as newer imports and days have higher ones. @param none the number that means none; it comes last */
function byNumber(
  order: Int32Array,
  numberOf: (id: number) => number,
  none: number,
  valueOf: (number: number) => GroupValue,
): Assignment {
  const found = new Set<number>()
  for (const id of order) found.add(numberOf(id))
  const hasNone = found.delete(none)
  const numbers = [...found].sort((a, b) => b - a)
  if (hasNone) numbers.push(none)
  const places = new Map(numbers.map((number, place) => [number, place]))
  return {
    values: numbers.map((number) => (number === none ? null : valueOf(number))),
    placeOf: (id) => places.get(numberOf(id)) as number,
  }
}

const dayName = (day: number): string => new Date(day * msOfDay).toISOString().slice(0, 10)

/** Days since 1970 by the clock of this computer, by import. */
function importDays({ database }: OpenProject): Map<number, number> {
  const imports = database.prepare<[], [number, number]>('SELECT id, started_at FROM imports').raw().all()
  return new Map(imports.map(([id, startedAt]) => [id, Math.floor(localMs(startedAt) / msOfDay)]))
}
