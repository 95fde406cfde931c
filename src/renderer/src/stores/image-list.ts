import type { Image, ImageFilter, ImageSort } from '../../../contract/entities.ts'

/** Whether labels, splits, marks or states of images decide which ones a filter shows. */
export function filterIsOfState(filter: ImageFilter): boolean {
  const { classIds, splits, statuses, flagged, unsure, noted } = filter
  return [classIds, splits, statuses, flagged, unsure, noted].some((part) => part !== undefined)
}

/** Whether labels or splits decide the order. */
export function sortIsOfState(sort: ImageSort): boolean {
  return sort === 'class' || sort === 'split'
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
