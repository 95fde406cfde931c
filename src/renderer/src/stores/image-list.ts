import type { Image } from '../../../contract/entities.ts'
import type { ImageFilter, ImageGroup, ImageGrouping, ImageSort } from '../../../contract/image-query.ts'

/** Whether labels, splits, marks or states of images decide which ones a filter shows. */
export function filterIsOfState(filter: ImageFilter): boolean {
  const { classIds, splits, statuses, flagged, unsure, noted } = filter
  return [classIds, splits, statuses, flagged, unsure, noted].some((part) => part !== undefined)
}

/** Whether labels or splits decide the order. */
export function orderIsOfState(sort: ImageSort, grouping: ImageGrouping): boolean {
  return [sort.by, grouping].some((by) => by === 'class' || by === 'split')
}

/** Whether labels decide what a filter shows in a way that core alone can tell: conflicts of duplicates, predictions that are right. */
export function filterIsOfCore(filter: ImageFilter): boolean {
  return filter.issues !== undefined || filter.correct !== undefined
}

/** Whether filter, order or grouping change with each head of suggestions. */
export function listIsOfHead(filter: ImageFilter, sort: ImageSort, grouping: ImageGrouping): boolean {
  const { run, predictedIds, correct, confidence } = filter
  if (run !== undefined) return false
  return (
    [predictedIds, correct, confidence].some((part) => part !== undefined) ||
    sort.by === 'confidence' ||
    sort.by === 'margin' ||
    grouping === 'predicted'
  )
}

/** A list without some of its images; groups that have none left are gone. */
export function withoutImages(
  ids: readonly number[],
  groups: readonly ImageGroup[],
  gone: ReadonlySet<number>,
): { ids: number[]; groups: ImageGroup[] } {
  const left: number[] = []
  const leftGroups: ImageGroup[] = []
  let start = 0
  const parts: readonly { count: number; value?: ImageGroup['value'] }[] =
    groups.length > 0 ? groups : [{ count: ids.length }]
  for (const { count, value } of parts) {
    const before = left.length
    for (let index = start; index < start + count; index += 1) {
      const id = ids[index] as number
      if (!gone.has(id)) left.push(id)
    }
    start += count
    if (value !== undefined && left.length > before) leftGroups.push({ value, count: left.length - before })
  }
  return { ids: left, groups: leftGroups }
}

/**
 * Whether an image passes every part of a filter but its text, which no change of an image touches.
 * @param image what is not told of it passes
 */
export function passesState(filter: ImageFilter, image: Partial<Image>): boolean {
  const { classIds, splits, statuses, flagged, unsure, noted } = filter
  const own = image.classIds
  return (
    (!classIds || !own || classIds.some((id) => (id === null ? own.length === 0 : own.includes(id)))) &&
    (!splits || image.split === undefined || splits.includes(image.split)) &&
    (!statuses || image.status === undefined || statuses.includes(image.status)) &&
    (flagged === undefined || image.flagged === undefined || image.flagged === flagged) &&
    (unsure === undefined || image.unsure === undefined || image.unsure === unsure) &&
    (noted === undefined || image.note === undefined || (image.note !== null) === noted)
  )
}

/** How many images more or fewer each class has (null: unlabelled) once `images` are labelled with `classId` alone. */
export function labelDeltas(
  images: readonly Pick<Image, 'classIds'>[],
  classId: number | null,
): Map<number | null, number> {
  const deltas = new Map<number | null, number>()
  const add = (id: number | null, by: number) => deltas.set(id, (deltas.get(id) ?? 0) + by)
  for (const { classIds } of images) {
    for (const id of classIds.length ? classIds : [null]) add(id, -1)
    add(classId, 1)
  }
  for (const [id, by] of deltas) if (by === 0) deltas.delete(id)
  return deltas
}
