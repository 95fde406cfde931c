import type { OpenProject } from '../projects/open-projects.ts'

/** A command that labelled images. */
export interface LabelCommand {
  /** Milliseconds since 1970. */
  at: number
  images: number
}

/** A longer gap is a pause: nobody labelled in it. */
const pauseMs = 60_000
const windowMs = 3_600_000
const mostCommands = 500
/** Of a long history only the end is looked at. */
const mostLookedAt = 2000
const fewestSeconds = 20
const fewestImages = 5

/**
 * Images labelled in an hour at the pace of these commands, pauses left out.
 *
 * @param commands oldest first
 * @returns null where they are too few to tell
 */
export function imagesPerHour(commands: readonly LabelCommand[]): number | null {
  let images = 0
  let workedMs = 0
  commands.forEach(({ at, images: labelled }, index) => {
    const previous = commands[index - 1]
    // How long the first of a stretch took is not known.
    if (!previous || at - previous.at > pauseMs) return
    images += labelled
    workedMs += at - previous.at
  })
  if (images < fewestImages || workedMs < fewestSeconds * 1000) return null
  return Math.round((images / workedMs) * 3_600_000)
}

/** The newest commands that labelled images and stand, within the last hour, oldest first. */
export function recentLabelCommands({ database }: OpenProject, now: number): LabelCommand[] {
  return database
    .prepare<[number, number], LabelCommand>(
      `SELECT created_at AS at, coalesce(json_extract(summary, '$.images'), 0) AS images FROM journal
       WHERE id > (SELECT coalesce(max(id), 0) FROM journal) - ${mostLookedAt} AND undone_at IS NULL AND created_at > ?
         AND kind IN ('labels.set', 'labels.add', 'suggestions.accept') AND json_extract(summary, '$.class') IS NOT NULL
       ORDER BY id DESC LIMIT ?`,
    )
    .all(now - windowMs, mostCommands)
    .reverse()
}
