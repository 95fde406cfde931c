import type { OpenProject } from '../projects/open-projects.ts'
import { imageFile } from './image-file.ts'

/** Tells where the image of a hash lies now: it may have been imported anew from elsewhere since it was last seen. */
export function pathFinder(project: OpenProject): (sha256: string) => string | undefined {
  const find = project.database.prepare<[string], string>('SELECT path FROM images WHERE sha256 = ?').pluck()
  return (sha256) => {
    const path = find.get(sha256)
    return path === undefined ? undefined : imageFile(project, { path, sha256 })
  }
}
