import { pathsInList } from '../importers/csv-table.ts'
import type { OpenProject } from '../projects/open-projects.ts'

/** The image that a list means, by its hash or by a path; undefined where it is none of the project's, or could be several. */
export interface FindListedImage {
  (given: { sha256: string; path: string }): number | undefined
}

const severalImages = -1

/** Images by their paths below the folders that they were imported from; `severalImages` where that is not one. */
function imagesByRelativePath({ database }: OpenProject): Map<string, number> {
  const images = new Map<string, number>()
  const rows = database
    .prepare<[], [string, number]>(
      `SELECT image_sources.relative_path, images.id FROM image_sources JOIN images ON images.id = image_id
       WHERE removed_at IS NULL`,
    )
    .raw()
  for (const [given, id] of rows.iterate()) {
    const path = given.normalize('NFC')
    const known = images.get(path)
    images.set(path, known === undefined || known === id ? id : severalImages)
  }
  return images
}

/**
 * Looks in the images of a project as they are now. The hash counts before the path. A path is one that the image was imported from, absolute
 * or relative to the list, or else its path below the folder that was imported, where that is one image's alone.
 *
 * @param folder that the list is in
 */
export function createListedImageFinder(project: OpenProject, folder: string): FindListedImage {
  const byHash = project.database
    .prepare<[string], number>('SELECT id FROM images WHERE sha256 = ? AND removed_at IS NULL')
    .pluck()
  const byPath = project.database
    .prepare<[string], number>(
      `SELECT images.id FROM image_sources JOIN images ON images.id = image_id
       WHERE image_sources.path = ? AND removed_at IS NULL`,
    )
    .pluck()
  let relative: Map<string, number> | undefined
  return ({ sha256, path }) => {
    const hashed = sha256 === '' ? undefined : byHash.get(sha256.toLowerCase())
    if (hashed !== undefined || path === '') return hashed
    for (const candidate of pathsInList(folder, path)) {
      const id = byPath.get(candidate)
      if (id !== undefined) return id
    }
    relative ??= imagesByRelativePath(project)
    const id = relative.get(path.replaceAll('\\', '/').replace(/^\.\//, '').normalize('NFC'))
    return id === severalImages ? undefined : id
  }
}
