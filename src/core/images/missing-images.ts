import { stat } from 'node:fs/promises'
import type { CoreContext } from '../context.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { imageFile } from './image-file.ts'

type Row = { id: number; path: string; sha256: string | null; status: 'ready' | 'missing' }

const atOnce = 64

async function isThere(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile()
  } catch {
    // Whatever keeps it from being seen keeps it from being read.
    return false
  }
}

/** Marks one image, and tells the clients, where that is news. */
export function markImage(
  context: Pick<CoreContext, 'publish'>,
  project: OpenProject,
  ids: readonly number[],
  status: 'ready' | 'missing',
): void {
  if (ids.length === 0 || !project.database.open) return
  project.transaction(() => {
    project.database
      .prepare(
        `UPDATE images SET status = ? WHERE status IN ('ready', 'missing') AND id IN (SELECT value FROM json_each(?))`,
      )
      .run(status, JSON.stringify(ids))
  })
  context.publish('images.changed', { projectId: project.id, ids: ids.length > 5000 ? null : [...ids] })
}

/**
 * Looks whether every image's file is still where it was, and marks those that are gone, or back.
 *
 * @param signal ends the look-around early, with what was found by then
 * @returns how many files are missing
 */
export async function findMissingImages(
  context: Pick<CoreContext, 'publish'>,
  project: OpenProject,
  signal?: AbortSignal,
): Promise<number> {
  const rows = project.database
    .prepare<[], Row>(
      `SELECT id, path, sha256, status FROM images WHERE removed_at IS NULL AND status IN ('ready', 'missing')`,
    )
    .all()
  const gone: number[] = []
  const back: number[] = []
  let missing = 0
  for (let start = 0; start < rows.length && !signal?.aborted; start += atOnce) {
    const batch = rows.slice(start, start + atOnce)
    const found = await Promise.all(
      batch.map(async (row) => (await isThere(row.path)) || (await isThere(imageFile(project, row)))),
    )
    for (const [index, row] of batch.entries()) {
      if (!found[index]) missing += 1
      if (row.status === 'ready' && !found[index]) gone.push(row.id)
      if (row.status === 'missing' && found[index]) back.push(row.id)
    }
  }
  markImage(context, project, gone, 'missing')
  markImage(context, project, back, 'ready')
  return missing
}
