import { AppError } from '../../contract/errors.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import type { GivenSuggestionRow } from '../store/tables/given-suggestions.ts'
import type { ImagePredictionRow } from '../store/tables/image-predictions.ts'
import { breathe } from './breathe.ts'
import { readGivenSuggestions } from './given-suggestions.ts'

/** So few that a key press waits for some milliseconds at most. */
const rowsAtOnce = 250

/**
 * Replaces what is predicted of images, a few at a time.
 *
 * @param probabilities `[imageIds.length, classIds.length]`; rows of NaN: nothing is known
 * @param signal of the project's closing
 * @throws AppError 'cancelled', 'disk-full'
 */
export async function storePredictions(
  project: OpenProject,
  imageIds: readonly number[],
  classIds: readonly number[],
  probabilities: Float32Array,
  signal: AbortSignal,
): Promise<void> {
  const { database } = project
  // The join leaves out an image or a class that is gone by now.
  const put = database.prepare<[number, number, number, number]>(
    `INSERT OR REPLACE INTO image_predictions (image_id, class_id, probability, margin)
     SELECT images.id, classes.id, ?, ? FROM images JOIN classes ON classes.id = ? WHERE images.id = ?`,
  )
  const forget = database.prepare<[number]>('DELETE FROM image_predictions WHERE image_id = ?')
  const width = classIds.length
  for (let first = 0; first < imageIds.length; first += rowsAtOnce) {
    withoutWaiting(project, () => {
      for (let row = first; row < Math.min(first + rowsAtOnce, imageIds.length); row += 1) {
        const { best, probability, margin } = topOf(probabilities.subarray(row * width, (row + 1) * width))
        const imageId = imageIds[row] as number
        if (best < 0) forget.run(imageId)
        else put.run(probability, margin, classIds[best] as number, imageId)
      }
    })
    await breathe()
    if (signal.aborted)
      throw new AppError('cancelled', 'The project was closed while predictions were stored.')
  }
}

/**
 * Commits without waiting for the disk, which a label that is set meanwhile would have to wait for too. What a power cut takes is predicted again:
 * that there is a new head is committed after all of it, durably.
 */
function withoutWaiting(project: OpenProject, change: () => void): void {
  const { database } = project
  database.pragma('synchronous = NORMAL')
  try {
    project.transaction(change)
  } finally {
    database.pragma('synchronous = FULL')
  }
}

function topOf(row: Float32Array): { best: number; probability: number; margin: number } {
  let best = -1
  let probability = 0
  let second = 0
  row.forEach((value, index) => {
    if (value > probability) {
      second = probability
      probability = value
      best = index
    } else if (value > second) second = value
  })
  return { best, probability, margin: probability - second }
}

/** What is predicted of these images, but for classes that were deleted. */
export function readPredictions(
  { database }: OpenProject,
  imageIds: readonly number[],
): Map<number, ImagePredictionRow> {
  const rows = database
    .prepare<[string], ImagePredictionRow>(
      `SELECT image_predictions.* FROM json_each(?) AS asked
       CROSS JOIN image_predictions ON image_predictions.image_id = asked.value
       JOIN classes ON classes.id = image_predictions.class_id AND classes.deleted_at IS NULL`,
    )
    .all(JSON.stringify(imageIds))
  return new Map(rows.map((row) => [row.image_id, row]))
}

/**
 * The proposed classes of those among these images that have no label: what a person brought along with them, else what the newest head
 * says.
 *
 * @param byHead false: only what was brought along
 */
export function readProposals(
  project: OpenProject,
  imageIds: readonly number[],
  byHead = true,
): GivenSuggestionRow[] {
  const labelled = new Set(
    project.database
      .prepare<[string], number>(
        'SELECT DISTINCT image_id FROM annotations WHERE image_id IN (SELECT value FROM json_each(?))',
      )
      .pluck()
      .all(JSON.stringify(imageIds)),
  )
  const proposals = new Map<number, GivenSuggestionRow>(byHead ? readPredictions(project, imageIds) : [])
  for (const given of readGivenSuggestions(project, imageIds)) proposals.set(given.image_id, given)
  return [...proposals.values()].filter(({ image_id }) => !labelled.has(image_id))
}
