import type { EvaluatedImage, ImageSelection } from '../../contract/evaluation.ts'
import { confidencesOf } from '../../metrics/index.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { inSlices } from './in-slices.ts'
import { requireClass } from './require-class.ts'
import type { ScoredSplit } from './scored-split.ts'
import { rowsOfSlice } from './slices.ts'
import { viewMembers } from './view-members.ts'

/** A truth without any probability would be infinitely wrong: it is taken for the smallest number that is not denormal. */
const smallestProbability = 2 ** -126

/**
 * Rows of a split by what is true of them and by what was predicted.
 *
 * @throws AppError 'class-not-found', listing the run's classes
 */
export function evaluatedRows(
  { classes, predictions: { labels, predicted } }: ScoredSplit,
  only: Omit<ImageSelection, 'slice'>,
): number[] {
  const truth = only.truth === undefined ? null : requireClass(classes, only.truth)
  const asked = only.predicted === undefined ? null : requireClass(classes, only.predicted)
  return [...labels.keys()].filter(
    (row) =>
      (truth === null || labels[row] === truth) &&
      (asked === null || predicted[row] === asked) &&
      (only.wrong === undefined || (labels[row] !== predicted[row]) === only.wrong),
  )
}

/**
 * Images of a split with what the run said of them.
 *
 * @throws AppError 'class-not-found', listing the run's classes
 */
export async function evaluatedImages(
  project: OpenProject,
  scored: ScoredSplit,
  {
    only,
    order,
    offset,
    limit,
  }: { only: ImageSelection; order: 'loss' | 'confidence'; offset: number; limit: number },
): Promise<{ total: number; images: EvaluatedImage[] }> {
  const { classes, hashes, predictions } = scored
  const { labels, predicted, probabilities } = predictions
  const slice =
    only.slice &&
    new Set(await inSlices(rowsOfSlice(project, scored, await viewMembers(project), only.slice)))
  const confidences = confidencesOf(predictions)
  const truthProbability = (row: number): number =>
    probabilities[row * classes.length + (labels[row] as number)] as number
  const rows = evaluatedRows(scored, only).filter((row) => slice === undefined || slice.has(row))
  rows.sort((a, b) =>
    order === 'loss'
      ? truthProbability(a) - truthProbability(b) || a - b
      : (confidences[b] as number) - (confidences[a] as number) || a - b,
  )
  const findId = project.database
    .prepare<[string], number>('SELECT id FROM images WHERE sha256 = ? AND removed_at IS NULL')
    .pluck()
  const images = rows.slice(offset, offset + limit).map((row) => {
    const sha256 = hashes[row] ?? ''
    return {
      imageId: findId.get(sha256) ?? null,
      sha256,
      truth: classes[labels[row] as number] ?? '',
      predicted: classes[predicted[row] as number] ?? '',
      probability: confidences[row] as number,
      truthProbability: truthProbability(row),
      loss: -Math.log(Math.max(truthProbability(row), smallestProbability)),
    }
  })
  return { total: rows.length, images }
}
