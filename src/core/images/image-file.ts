import { existsSync } from 'node:fs'
import { originalPath } from '../../imaging/thumbnail-path.ts'
import type { OpenProject } from '../projects/open-projects.ts'

/** The file that holds an image's bytes: the project's copy where there is one, else where it was imported from. */
export function imageFile(project: OpenProject, image: { path: string; sha256: string | null }): string {
  if (image.sha256 !== null) {
    const copy = originalPath(project.folders.media, image.sha256)
    if (existsSync(copy)) return copy
  }
  return image.path
}
