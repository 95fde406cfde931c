import { existsSync, mkdirSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AppError } from '../../contract/errors.ts'
import type { Image } from '../../contract/entities.ts'
import { isWholeFile } from '../../imaging/is-whole-file.ts'
import { contentTypes, sniff, sniffBytes, type DecodableFormat } from '../../imaging/sniff.ts'
import { shownPath, thumbnailPath } from '../../imaging/thumbnail-path.ts'
import { previewPath } from '../augmentations/preview-path.ts'
import type { CoreContext } from '../context.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { imageFile } from './image-file.ts'
import { getImage } from './image-queries.ts'
import { imageReadsOf } from './image-reads.ts'
import { markImage } from './missing-images.ts'

export interface MediaFile {
  /** Absolute. */
  path: string
  /** By the file's bytes. */
  contentType: string
}

/** Files for media URLs. */
export interface Media {
  /** Made again where the cache was emptied. @throws project-not-found, image-not-found, image-missing, image-unreadable */
  thumbnail(projectId: string, sha256: string): Promise<MediaFile>
  /** Of an image whose bytes were not read yet: reads them before anything else. @throws as `thumbnail` */
  pendingThumbnail(projectId: string, imageId: number): Promise<MediaFile>
  /** One that `augmentations.preview` made. @throws project-not-found, image-not-found */
  preview(projectId: string, name: string): MediaFile
  /** In another format where browsers do not show that of the file. @throws as `thumbnail` */
  original(projectId: string, sha256: string): Promise<MediaFile>
}

function browsersShow(format: DecodableFormat): boolean {
  return format !== 'tiff'
}

function imageOfHash(project: OpenProject, sha256: string): Pick<Image, 'id' | 'path' | 'status'> {
  const image = project.database
    .prepare<[string], Pick<Image, 'id' | 'path' | 'status'>>(
      'SELECT id, path, status FROM images WHERE sha256 = ?',
    )
    .get(sha256)
  if (image) return image
  throw new AppError('image-not-found', `No image of this project has the hash ${sha256}.`, { sha256 })
}

export function createMedia(context: CoreContext): Media {
  function missing(project: OpenProject, image: { id: number; path: string }): AppError {
    markImage(context, project, [image.id], 'missing')
    return new AppError(
      'image-missing',
      `The file ${image.path} is no longer there. Bring it back, or import it from where it is now.`,
      { path: image.path },
    )
  }

  async function remake(
    project: OpenProject,
    image: { id: number; path: string },
    sha256: string,
  ): Promise<void> {
    const path = imageFile(project, { path: image.path, sha256 })
    if (!existsSync(path)) throw missing(project, image)
    const result = await context.imaging.read(
      { path, thumbnailFolder: project.folders.thumbnails, copyFolder: null },
      { priority: true },
    )
    if (result.status === 'failed') throw new AppError(result.code, result.message, { path })
    if (result.status === 'skipped') throw unreadable(path, result.detail)
    if (result.sha256 !== sha256) {
      throw unreadable(path, 'Its bytes are not those that were imported: the file was changed')
    }
  }

  /** @returns where it lies; made once, and deleted with the thumbnails */
  async function convert(project: OpenProject, path: string, sha256: string): Promise<string> {
    const target = shownPath(project.folders.thumbnails, sha256)
    if (isWholeFile(target)) return target
    mkdirSync(dirname(target), { recursive: true })
    // Boxes are cut off at the image's edges; no number beyond these reaches a worker.
    const side = Number.MAX_SAFE_INTEGER
    const whole = { left: 0, top: 0, width: side, height: side, target }
    const result = await context.imaging.crop(
      { path, width: null, height: null, boxes: [whole] },
      { priority: true },
    )
    if (result.status === 'failed') throw new AppError(result.code, result.message, { path })
    if (result.status === 'skipped') throw unreadable(path, result.detail)
    return target
  }

  function unreadable(path: string, detail: string): AppError {
    return new AppError('image-unreadable', `${path} cannot be shown. ${detail}`, { path, detail })
  }

  async function thumbnail(projectId: string, sha256: string): Promise<MediaFile> {
    const project = context.projects.get(projectId)
    const path = thumbnailPath(project.folders.thumbnails, sha256)
    if (!isWholeFile(path)) await remake(project, imageOfHash(project, sha256), sha256)
    return { path, contentType: contentTypes.jpeg }
  }

  return {
    thumbnail,
    async pendingThumbnail(projectId, imageId) {
      const project = context.projects.get(projectId)
      const image = getImage(project, imageId)
      if (image.sha256 !== null) return thumbnail(projectId, image.sha256)
      const copy =
        project.database
          .prepare<[number], string>(
            'SELECT storage FROM images JOIN imports ON imports.id = images.import_id WHERE images.id = ?',
          )
          .pluck()
          .get(imageId) === 'copy'
      const result = await imageReadsOf(context, project).read({ id: imageId, path: image.path, copy }, true)
      if (result.status !== 'read') {
        throw unreadable(image.path, result.status === 'skipped' ? result.detail : result.message)
      }
      return {
        path: thumbnailPath(project.folders.thumbnails, result.sha256),
        contentType: contentTypes.jpeg,
      }
    },
    preview(projectId, name) {
      const path = previewPath(context.projects.get(projectId), name)
      if (isWholeFile(path)) return { path, contentType: contentTypes.jpeg }
      throw new AppError('image-not-found', `There is no preview ${name}. Ask for it again.`, { name })
    },
    async original(projectId, sha256) {
      const project = context.projects.get(projectId)
      const image = imageOfHash(project, sha256)
      const path = imageFile(project, { path: image.path, sha256 })
      let bytes: Uint8Array
      try {
        const file = await open(path, 'r')
        try {
          const { buffer, bytesRead } = await file.read(Buffer.alloc(sniffBytes), 0, sniffBytes, 0)
          bytes = buffer.subarray(0, bytesRead)
        } finally {
          await file.close()
        }
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
          throw missing(project, image)
        throw unreadable(path, error instanceof Error ? error.message : String(error))
      }
      const kind = sniff(bytes)
      if (kind.kind !== 'image') throw unreadable(path, 'By its bytes it is no image any more.')
      if (browsersShow(kind.format)) return { path, contentType: contentTypes[kind.format] }
      return { path: await convert(project, path, sha256), contentType: contentTypes.jpeg }
    },
  }
}
