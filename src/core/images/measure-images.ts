import { existsSync } from 'node:fs'
import { AppError } from '../../contract/errors.ts'
import { measureVersion } from '../../imaging/measure.ts'
import { thumbnailPath } from '../../imaging/thumbnail-path.ts'
import type { MeasuredImage } from '../../imaging/protocol.ts'
import type { CoreContext } from '../context.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { imageFile } from './image-file.ts'
import { measurementStatements } from './store-measurements.ts'

interface UnmeasuredImage {
  id: number
  sha256: string
  path: string
}

const unmeasuredSql = `FROM images LEFT JOIN image_measurements AS measured ON measured.image_id = images.id
  WHERE removed_at IS NULL AND status = 'ready' AND sha256 IS NOT NULL
    AND (measured.version IS NULL OR measured.version <> ?)`

/** How many images were read but not measured: by an earlier Thaw, or otherwise than today. */
export function countUnmeasured({ database }: OpenProject): number {
  return (
    database.prepare<[number], number>(`SELECT count(*) ${unmeasuredSql}`).pluck().get(measureVersion) ?? 0
  )
}

const storeAtOnce = 200
const imagesPerWorker = 16

/**
 * Measures images that were read before there was anything to measure, from their thumbnails, or from their files where those are gone. An
 * image that can no longer be read is passed over.
 *
 * @returns how many were measured
 * @throws disk-full, internal, 'cancelled' where `signal` says so; what was measured stays
 */
export async function measureImages(
  context: Pick<CoreContext, 'imaging'>,
  project: OpenProject,
  { signal, onProgress }: { signal: AbortSignal; onProgress(done: number, total: number): void },
): Promise<number> {
  const { database } = project
  const images = database
    .prepare<[number], UnmeasuredImage>(`SELECT images.id, sha256, path ${unmeasuredSql} ORDER BY images.id`)
    .all(measureVersion)
  let measured: { id: number; result: MeasuredImage }[] = []
  let next = 0
  let done = 0
  let stored = 0

  function store(): void {
    if (measured.length === 0) return
    const statements = measurementStatements(database)
    project.transaction(() => {
      for (const { id, result } of measured) statements.store(id, result.measurements, null)
    })
    stored += measured.length
    measured = []
  }

  async function lane(): Promise<void> {
    for (let image = images[next++]; image !== undefined; image = images[next++]) {
      if (signal.aborted) return
      const thumbnail = thumbnailPath(project.folders.thumbnails, image.sha256)
      const path = existsSync(thumbnail) ? thumbnail : imageFile(project, image)
      const result = await context.imaging.measure({ path })
      if (signal.aborted) return
      if (result.status === 'failed') throw new AppError(result.code, result.message, { path })
      if (result.status === 'measured') measured.push({ id: image.id, result })
      if (measured.length >= storeAtOnce) store()
      done += 1
      onProgress(done, images.length)
    }
  }

  const lanes = Math.max(1, context.imaging.workers * imagesPerWorker)
  await Promise.all(Array.from({ length: Math.min(lanes, images.length) }, lane))
  if (!signal.aborted) store()
  if (signal.aborted) {
    throw new AppError('cancelled', `Measuring was stopped after ${done} of ${images.length} images.`, {
      done,
      total: images.length,
    })
  }
  return stored
}
