import { stat } from 'node:fs/promises'
import { AppError, type ErrorCode } from '../../contract/errors.ts'
import { mediaBase } from '../../contract/media.ts'
import type { Media } from '../images/media.ts'

/** A file that a media URL stands for. */
export interface FoundMedia {
  /** Absolute. */
  path: string
  contentType: string
  sizeBytes: number
  /** immutable: by the hash of the very bytes; revalidate: the file may change on its own; never: stands in for something to come. */
  caching: 'immutable' | 'revalidate' | 'never'
  /** Changes whenever the bytes do. */
  tag: string
}

const route = new RegExp(
  `^${mediaBase}/([A-Za-z0-9_-]{1,64})/(?:(thumbnail|original)/([0-9a-f]{64})|pending-thumbnail/([0-9]{1,15})|preview/([0-9a-f]{64}-[0-9]{1,9}))$`,
)
const goneCodes: readonly ErrorCode[] = [
  'project-not-found',
  'image-not-found',
  'image-missing',
  'image-unreadable',
]

/**
 * Finds the file of a media URL's path.
 *
 * @returns null where the path is none of a media URL, or there is no such image any more
 */
export async function findMedia(media: Media, pathname: string): Promise<FoundMedia | null> {
  const match = route.exec(pathname)
  if (!match) return null
  const [, projectId = '', kind, sha256 = '', imageId, preview] = match
  try {
    const { path, contentType } =
      imageId !== undefined
        ? await media.pendingThumbnail(projectId, Number(imageId))
        : preview !== undefined
          ? media.preview(projectId, preview)
          : kind === 'thumbnail'
            ? await media.thumbnail(projectId, sha256)
            : await media.original(projectId, sha256)
    const { size, mtimeMs } = await stat(path)
    // Both are named by the hash of what they were made from.
    const isImmutable = kind === 'thumbnail' || preview !== undefined
    return {
      path,
      contentType,
      sizeBytes: size,
      caching: imageId !== undefined ? 'never' : isImmutable ? 'immutable' : 'revalidate',
      tag: isImmutable ? (preview ?? sha256) : `${size.toString(36)}-${Math.trunc(mtimeMs).toString(36)}`,
    }
  } catch (error) {
    const gone =
      error instanceof AppError
        ? goneCodes.includes(error.code)
        : error instanceof Error && 'code' in error && error.code === 'ENOENT'
    if (gone) return null
    throw error
  }
}

/** The Cache-Control of a found file. */
export const cacheControls: Record<FoundMedia['caching'], string> = {
  immutable: 'private, max-age=31536000, immutable',
  revalidate: 'private, no-cache',
  never: 'no-store',
}
