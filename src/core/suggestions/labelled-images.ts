import { createHash } from 'node:crypto'
import type { HeadImage } from '../../contract/jobs.ts'
import { AppError } from '../../contract/errors.ts'
import { imageFile } from '../images/image-file.ts'
import { liveClasses } from '../labels/classes.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { breathe } from './breathe.ts'

/** What a head learns from and is asked of. */
export interface HeadData {
  /** Of the images whose bytes were read, ascending. */
  readonly imageIds: readonly number[]
  readonly images: readonly HeadImage[]
  /** Of each image an index into `classIds`; -1: unlabelled. */
  readonly labels: readonly number[]
  /** In the order of classes. */
  readonly classIds: readonly number[]
  /** Names all of it: equal data has an equal one. */
  readonly version: string
}

const pageSize = 500

/**
 * Reads images and labels in pages, between which other work has its turn. Of several labels of an image the first class counts.
 *
 * @param signal of the project's closing
 * @throws AppError 'cancelled'
 */
export async function readHeadData(project: OpenProject, signal: AbortSignal): Promise<HeadData> {
  const { database } = project
  const classIds = liveClasses(project).map(({ id }) => id)
  const indexOf = new Map(classIds.map((id, index) => [id, index]))
  const page = database.prepare<[number, number], { id: number; path: string; sha256: string }>(
    `SELECT id, path, sha256 FROM images
     WHERE id > ? AND removed_at IS NULL AND status = 'ready' AND sha256 IS NOT NULL ORDER BY id LIMIT ?`,
  )
  const labelsOf = database
    .prepare<[number, number], [number, number]>(
      'SELECT image_id, class_id FROM annotations WHERE image_id BETWEEN ? AND ?',
    )
    .raw()
  const imageIds: number[] = []
  const images: HeadImage[] = []
  const labels: number[] = []
  const version = createHash('sha256').update(classIds.join())
  for (let last = 0; ;) {
    const rows = page.all(last, pageSize)
    const [first] = rows
    if (!first) break
    last = rows.at(-1)?.id ?? last
    const labelled = new Map<number, number>()
    for (const [imageId, classId] of labelsOf.all(first.id, last)) {
      const index = indexOf.get(classId)
      if (index !== undefined) labelled.set(imageId, Math.min(index, labelled.get(imageId) ?? index))
    }
    for (const { id, path, sha256 } of rows) {
      const label = labelled.get(id) ?? -1
      imageIds.push(id)
      images.push({ path: imageFile(project, { path, sha256 }), sha256 })
      labels.push(label)
      version.update(`${id} ${sha256} ${label}\n`)
    }
    await breathe()
    // The project, and with it the database, may have been closed meanwhile.
    if (signal.aborted)
      throw new AppError('cancelled', 'The project was closed while its images were listed.')
  }
  return { imageIds, images, labels, classIds, version: version.digest('hex') }
}
