import type { OpenProject } from '../projects/open-projects.ts'
import { groupImages } from './group-images.ts'

/** The class ids of each of these images, ascending; images without a label have an empty list. */
export function labelsOf({ database }: OpenProject, imageIds: readonly number[]): Map<number, number[]> {
  const labels = new Map<number, number[]>(imageIds.map((id) => [id, []]))
  const rows = database
    .prepare<[string], [number, number]>(
      `SELECT image_id, class_id FROM annotations
       WHERE image_id IN (SELECT value FROM json_each(?)) ORDER BY image_id, class_id`,
    )
    .raw()
  for (const [imageId, classId] of rows.iterate(JSON.stringify(imageIds))) labels.get(imageId)?.push(classId)
  return labels
}

/** Of images that are removed too. */
export function imagesOfClass({ database }: OpenProject, classId: number): number[] {
  return database
    .prepare<[number], number>('SELECT image_id FROM annotations WHERE class_id = ?')
    .pluck()
    .all(classId)
}

/** As a `labels` operation wants it: images of the same classes together. */
export function groupByClasses(
  labels: ReadonlyMap<number, number[]>,
): { classIds: number[]; imageIds: number[] }[] {
  return groupImages(labels, (classIds) => classIds.join()).map(({ value: classIds, imageIds }) => ({
    classIds,
    imageIds,
  }))
}
