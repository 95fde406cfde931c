import type { ImageFilter, ImageGroup, ImageGrouping, ImageSort } from '../../../contract/image-query.ts'
import { AppError } from '../../../contract/errors.ts'
import { liveClasses } from '../../labels/classes.ts'
import type { OpenProject } from '../../projects/open-projects.ts'
import { cachedFeatures } from '../../suggestions/cached-features.ts'
import { squaredDistance } from '../../suggestions/strategies/distances.ts'
import { asksPredictions, failedParts } from './filter-images.ts'
import { assignGroups, groupImages } from './group-images.ts'
import { imageIssueBits } from './image-issue-bits.ts'
import { imagePredictions, type ImagePredictions } from './image-predictions.ts'
import { imageTableOf, type ImageTable } from './image-table.ts'
import { nameRanks } from './name-ranks.ts'
import { keyOfFloat, sortByKeys, sortsByPredictions, unknownKey } from './sort-images.ts'

export interface ImageQuery {
  filter?: ImageFilter
  sort?: ImageSort
  grouping?: ImageGrouping
}

const byPath: ImageSort = { by: 'path', descending: false }

/**
 * Ids of the images that pass the filter, in order, group after group.
 *
 * @throws AppError 'run-not-found', 'features-missing', 'cancelled'
 */
export async function listImages(
  project: OpenProject,
  { filter = {}, sort = byPath, grouping = 'none' }: ImageQuery,
): Promise<{ ids: number[]; groups: ImageGroup[] }> {
  const isPlain = grouping === 'none' && sort.by === 'path' && isEmpty(filter)
  const keeper = imageTableOf(project)
  if (isPlain && !keeper.isRead()) {
    // The first thing that is asked of a project: what else lists need is read behind it.
    keeper
      .current()
      .then((table) => readAhead(project, table))
      .catch(() => {})
    const ids = allInOrder(project)
    return { ids: sort.descending ? ids.reverse() : ids, groups: [] }
  }
  const table = await keeper.current()
  const wantsPredictions = asksPredictions(filter) || grouping === 'predicted' || sortsByPredictions(sort.by)
  const predictions = wantsPredictions ? await imagePredictions(project, table, filter.run) : undefined
  const { issues } = filter
  const issueBits = issues && (await imageIssueBits(project, table, (issue) => issues.includes(issue)))
  const names = sort.by === 'name' ? await nameRanks(project, table) : undefined
  const { order } = table
  const failed = failedParts({ ...table, predictions, issueBits }, filter)
  const passing = order.filter((_, place) => failed[place] === 0)
  const sorted = sortImages(project, table, passing, sort, { predictions, names })
  if (grouping === 'none') return { ids: Array.from(sorted), groups: [] }
  const { ids, groups } = groupImages(sorted, assignGroups(project, table, grouping, predictions))
  return { ids: Array.from(ids), groups }
}

/** What takes longest of what lists may go by, so that the first to ask for it does not wait. */
async function readAhead(project: OpenProject, table: ImageTable): Promise<void> {
  await nameRanks(project, table)
  await imageIssueBits(project, table, () => false)
}

function isEmpty(filter: ImageFilter): boolean {
  const { run, text, ...parts } = filter
  void run
  return !text?.trim() && Object.values(parts).every((part) => part === undefined)
}

function allInOrder({ database }: OpenProject): number[] {
  return database
    .prepare<[], number>('SELECT id FROM images WHERE removed_at IS NULL ORDER BY sort_key, path')
    .pluck()
    .all()
}

function sortImages(
  project: OpenProject,
  table: ImageTable,
  ids: Int32Array,
  { by, descending, likeId }: ImageSort,
  { predictions, names }: { predictions: ImagePredictions | undefined; names: Uint32Array | undefined },
): Int32Array {
  const { columns } = table
  if (by === 'path') return descending ? ids.toReversed() : ids
  const keys = new Uint32Array(columns.splits.length)
  const setKeys = (keyOf: (id: number) => number): Uint32Array => {
    for (const id of ids) keys[id] = keyOf(id)
    return keys
  }
  const keysOf: Record<Exclude<typeof by, 'path'>, () => Uint32Array> = {
    name: () => names ?? keys,
    imported: () => setKeys((id) => id),
    taken: () => setKeys((id) => known(columns.takenSeconds[id] as number)),
    class: () => setKeys(classRanks(project, table)),
    split: () => setKeys((id) => columns.splits[id] as number),
    pixels: () =>
      setKeys((id) => known((columns.widths[id] as number) * (columns.heights[id] as number) || -1)),
    brightness: () => setKeys((id) => keyOfFloat(columns.brightness[id] as number)),
    sharpness: () => setKeys((id) => keyOfFloat(columns.sharpness[id] as number)),
    confidence: () => setKeys((id) => keyOfFloat(predictions?.probabilities[id] ?? NaN)),
    margin: () => setKeys((id) => keyOfFloat(predictions?.margins[id] ?? NaN)),
    similarity: () => setKeys(distancesTo(project, likeId)),
  }
  return sortByKeys(ids, keysOf[by](), descending)
}

/** @param value -1: not known */
function known(value: number): number {
  return value < 0 ? unknownKey : Math.min(value, unknownKey - 1)
}

/** Of several classes the first in the order of classes. */
function classRanks(project: OpenProject, { columns }: ImageTable): (id: number) => number {
  const ranks = new Map(liveClasses(project).map(({ id }, rank) => [id, rank]))
  const { classIds, severalClassIds } = columns
  return (id) => {
    const several = severalClassIds.get(id)
    if (several) return Math.min(...several.map((classId) => ranks.get(classId) ?? unknownKey))
    return ranks.get(classIds[id] as number) ?? unknownKey
  }
}

/** Keys of distances between features: least for the image itself. */
function distancesTo(project: OpenProject, likeId: number | undefined): (id: number) => number {
  const features = cachedFeatures(project)
  const row = likeId === undefined ? undefined : features?.rowOf.get(likeId)
  if (!features || row === undefined) {
    throw new AppError(
      'features-missing',
      'What images look like was not computed for this image yet. Compute it, then sort again.',
      { imageId: likeId ?? null },
    )
  }
  const { values, width, rowOf } = features
  return (id) => {
    const other = rowOf.get(id)
    return other === undefined ? unknownKey : keyOfFloat(squaredDistance(values, row, values, other, width))
  }
}
