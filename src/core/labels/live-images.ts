import { AppError } from '../../contract/errors.ts'
import type { OpenProject } from '../projects/open-projects.ts'

/**
 * The images that these ids stand for now, each once: an image whose bytes turned out to be another's stands for that
 * one, so that nobody's label is lost to it; removed ones are left out.
 * @throws image-not-found where none is left
 */
export function liveImageIds({ database }: OpenProject, imageIds: readonly number[]): number[] {
  const ids = database
    .prepare<[string], number>(
      `SELECT DISTINCT live.id FROM json_each(?) AS asked
       CROSS JOIN images ON images.id = asked.value
       CROSS JOIN images AS live ON live.id = coalesce(images.merged_into, images.id)
       WHERE live.removed_at IS NULL`,
    )
    .pluck()
    .all(JSON.stringify(imageIds))
  if (ids.length > 0) return ids
  const asked = imageIds.length === 1 ? `the id ${imageIds[0]}` : `any of the ${imageIds.length} ids given`
  throw new AppError(
    'image-not-found',
    `There is no image with ${asked}; it may have been removed from the project.`,
    { images: imageIds.length },
  )
}
