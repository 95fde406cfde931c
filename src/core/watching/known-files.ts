import { setImmediate as nextTurn } from 'node:timers/promises'
import type { FoundFile } from '../importers/walk-folder.ts'
import type { OpenProject } from '../projects/open-projects.ts'

const askedAtOnce = 2000

/**
 * Tells files that a project has not seen: neither as an image, be it one that a person removed, nor as a file that was skipped. A file
 * whose bytes were changed since is a new one.
 */
export function unknownFilesOf(
  project: OpenProject,
): (files: readonly FoundFile[], signal: AbortSignal) => Promise<FoundFile[]> {
  const image = project.database
    .prepare<[string, number, number], number>(
      `SELECT 1 FROM image_sources AS source JOIN images ON images.id = source.image_id
       WHERE source.path = ? AND (images.path <> source.path OR (size_bytes = ? AND modified_ms = ?))`,
    )
    .pluck()
  const skipped = project.database
    .prepare<[string, number], number>(
      `SELECT 1 FROM skipped_files AS skipped JOIN imports ON imports.id = skipped.import_id
       WHERE skipped.path = ? AND imports.started_at >= ?`,
    )
    .pluck()
  // What is known stays known, and a folder is looked through again and again.
  const known = new Map<string, string>()
  return async (files, signal) => {
    const unknown: FoundFile[] = []
    let asked = 0
    for (const file of files) {
      const { path, sizeBytes, modifiedMs } = file
      const stamp = stampOf(file)
      if (known.get(path) === stamp) continue
      asked += 1
      if (asked % askedAtOnce === 0) await nextTurn()
      signal.throwIfAborted()
      if (image.get(path, sizeBytes, modifiedMs) ?? skipped.get(path, modifiedMs)) known.set(path, stamp)
      else unknown.push(file)
    }
    return unknown
  }
}

/** Changes with a file's bytes. */
export function stampOf({ sizeBytes, modifiedMs }: FoundFile): string {
  return `${sizeBytes}:${modifiedMs}`
}
