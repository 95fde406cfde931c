import type { OpenProject } from '../projects/open-projects.ts'

/** The class of every labelled image that is there and can be read, by its id: of several the first, as training takes it. */
export function presentLabels({ database }: OpenProject): Map<number, number> {
  // Beside min(), SQLite takes the other columns from the row that has the minimum.
  const rows = database
    .prepare<[], [number, number, number]>(
      `SELECT images.id, annotations.class_id, min(classes.position) FROM images
       JOIN annotations ON annotations.image_id = images.id
       JOIN classes ON classes.id = annotations.class_id AND classes.deleted_at IS NULL
       WHERE images.removed_at IS NULL AND images.status = 'ready' GROUP BY images.id`,
    )
    .raw()
  const labels = new Map<number, number>()
  for (const [imageId, classId] of rows.iterate()) labels.set(imageId, classId)
  return labels
}
