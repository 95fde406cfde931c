import { join } from 'node:path'
import type { OpenProject } from '../projects/open-projects.ts'

/** Where pictures lie that no other file holds: drawn ones, and those that were unpacked. May not be there yet. */
export function picturesFolder({ path }: Pick<OpenProject, 'path'>): string {
  return join(path, 'pictures')
}
