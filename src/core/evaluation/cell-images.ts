import { AppError } from '../../contract/errors.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import type { SplitPredictions } from './stored-predictions.ts'

export interface CellImage {
  /** Null where the image has left the project since. */
  imageId: number | null
  sha256: string
  /** Of the predicted class. */
  probability: number
}

/**
 * The images behind one cell of a confusion matrix, the most confident first.
 *
 * @throws AppError 'class-not-found', listing the run's classes
 */
export function cellImages(
  { database }: OpenProject,
  { hashes, truths, probabilities }: SplitPredictions,
  classes: readonly string[],
  truth: string,
  predicted: string,
): CellImage[] {
  const truthIndex = indexOf(classes, truth)
  const predictedIndex = indexOf(classes, predicted)
  const findId = database
    .prepare<[string], number>('SELECT id FROM images WHERE sha256 = ? AND removed_at IS NULL')
    .pluck()
  const found: CellImage[] = []
  hashes.forEach((sha256, row) => {
    if (truths[row] !== truthIndex) return
    const scores = probabilities.subarray(row * classes.length, (row + 1) * classes.length)
    // indexOf of the maximum: of equal ones the first, as the matrix counts it.
    if (scores.indexOf(Math.max(...scores)) !== predictedIndex) return
    found.push({ imageId: findId.get(sha256) ?? null, sha256, probability: scores[predictedIndex] ?? 0 })
  })
  return found.sort((a, b) => b.probability - a.probability)
}

function indexOf(classes: readonly string[], name: string): number {
  const index = classes.indexOf(name)
  if (index >= 0) return index
  throw new AppError(
    'class-not-found',
    `The run has no class '${name}'; its classes are: ${classes.join(', ')}.`,
    {
      class: name,
      classes: [...classes],
    },
  )
}
