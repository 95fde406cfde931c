import type { Image, ImageStatus, Split } from '../../contract/entities.ts'
import { AppError } from '../../contract/errors.ts'
import { countImagesByClass } from '../labels/classes.ts'
import type { OpenProject } from '../projects/open-projects.ts'

/** As SQLite has no lists and no booleans. */
type ImageRow = Omit<Image, 'classId' | 'classIds' | 'flagged' | 'unsure'> & {
  classIds: string | null
  flagged: number | null
  unsure: number | null
}

/** Rows in the order asked, without those that are not there any more. */
export function getImages({ database }: OpenProject, ids: readonly number[]): Image[] {
  const rows = database
    .prepare<[string], ImageRow>(
      `SELECT images.id, sha256, images.path, relative_path AS relativePath, width, height, size_bytes AS sizeBytes, format,
         (SELECT json_group_array(class_id ORDER BY class_id) FROM annotations WHERE image_id = images.id) AS classIds,
         split, status, flagged, unsure, note
       FROM json_each(?) AS asked CROSS JOIN images ON images.id = asked.value
       LEFT JOIN image_marks ON image_marks.image_id = images.id
       WHERE removed_at IS NULL ORDER BY asked.key`,
    )
    .all(JSON.stringify(ids))
  return rows.map((row) => {
    const classIds = JSON.parse(row.classIds ?? '[]') as number[]
    const { flagged, unsure } = row
    return { ...row, classId: classIds[0] ?? null, classIds, flagged: flagged === 1, unsure: unsure === 1 }
  })
}

/** @throws image-not-found */
export function getImage(project: OpenProject, id: number): Image {
  const [image] = getImages(project, [id])
  if (image) return image
  throw new AppError('image-not-found', `There is no image with the id ${id}; it may have been removed.`, {
    id,
  })
}

/** Counts for the filter bar. */
export function countImagesBy(project: OpenProject): {
  total: number
  byClass: { classId: number | null; count: number }[]
  bySplit: { split: Split | null; count: number }[]
  byStatus: { status: ImageStatus; count: number }[]
} {
  const { database } = project
  const bySplit = database
    .prepare<[], { split: Split | null; count: number }>(
      'SELECT split, count(*) AS count FROM images INDEXED BY images_by_split WHERE removed_at IS NULL GROUP BY split',
    )
    .all()
  const byStatus = database
    .prepare<[], { status: ImageStatus; count: number }>(
      'SELECT status, count(*) AS count FROM images INDEXED BY images_by_status WHERE removed_at IS NULL GROUP BY status',
    )
    .all()
  const total = bySplit.reduce((sum, { count }) => sum + count, 0)
  // As for classes: passes over indexes, and few images are removed.
  const labelled = database
    .prepare<[], number>(
      `SELECT (SELECT count(DISTINCT image_id) FROM annotations) -
         (SELECT count(*) FROM images WHERE removed_at IS NOT NULL
            AND EXISTS (SELECT 1 FROM annotations WHERE image_id = images.id))`,
    )
    .pluck()
    .get()
  const byClass: { classId: number | null; count: number }[] = [...countImagesByClass(project)].map(
    ([classId, count]) => ({ classId, count }),
  )
  byClass.push({ classId: null, count: total - (labelled ?? 0) })
  return { total, byClass, bySplit, byStatus }
}
