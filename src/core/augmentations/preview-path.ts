import { join } from 'node:path'
import type { OpenProject } from '../projects/open-projects.ts'

/** Where a project's previews lie; it may be deleted at any time. */
export function previewFolder({ folders }: Pick<OpenProject, 'folders'>): string {
  return join(folders.cache, 'previews')
}

/** @param name `<hash>-<variant>` */
export function previewPath(project: Pick<OpenProject, 'folders'>, name: string): string {
  return join(previewFolder(project), `${name}.jpg`)
}
