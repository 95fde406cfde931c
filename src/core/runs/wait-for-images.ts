import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '../../contract/errors.ts'
import type { OpenProject } from '../projects/open-projects.ts'

const pollMs = 150
const stalledMs = 20_000

/** How the wait for images whose bytes are still to be read ended. */
export interface WaitResult {
  waitedFor: number
  /** Still unread because nothing reads them: an import that was cut off. */
  left: number
}

/**
 * Waits until the bytes of every image (or every labelled one) were read, as long as that goes on.
 *
 * @param signal ends the wait when the project closes
 * @throws AppError 'cancelled'
 */
export async function waitForImages(
  project: OpenProject,
  which: 'labelled' | 'all',
  signal: AbortSignal,
): Promise<WaitResult> {
  const count = project.database
    .prepare<[], number>(
      `SELECT count(*) FROM images WHERE removed_at IS NULL AND status = 'pending'
       ${which === 'labelled' ? 'AND EXISTS (SELECT 1 FROM annotations WHERE image_id = images.id)' : ''}`,
    )
    .pluck()
  const waitedFor = count.get() ?? 0
  let left = waitedFor
  let changedAt = performance.now()
  while (left > 0 && performance.now() - changedAt < stalledMs) {
    await delay(pollMs)
    // The project, and with it the database, may have been closed meanwhile.
    if (signal.aborted)
      throw new AppError('cancelled', 'The project was closed while its images were being read.')
    const now = count.get() ?? 0
    if (now !== left) changedAt = performance.now()
    left = now
  }
  return { waitedFor, left }
}
