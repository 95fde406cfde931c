import { readdir, rm, rmdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { OpenProject } from '../projects/open-projects.ts'

/**
 * Deletes files that were unpacked for images that never came to be. What belongs to an image stays, also to one of another import of the
 * same source, or of one that was undone.
 *
 * @param written files, and folders with everything in them; some may not be there
 */
export async function removeStrays({ database }: OpenProject, written: Iterable<string>): Promise<void> {
  const source = database.prepare<[string], number>('SELECT 1 FROM image_sources WHERE path = ?').pluck()

  /** @returns whether nothing is left of it */
  async function clear(path: string): Promise<boolean> {
    const found = await stat(path).catch(() => null)
    if (found === null) return true
    if (!found.isDirectory()) {
      if (source.get(path) !== undefined) return false
      await rm(path, { force: true })
      return true
    }
    let isEmpty = true
    for (const name of await readdir(path)) isEmpty = (await clear(join(path, name))) && isEmpty
    if (isEmpty) await rmdir(path)
    return isEmpty
  }

  for (const path of written) await clear(path)
}
