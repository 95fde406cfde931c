import type { Evaluation, Split } from '../../contract/entities.ts'
import { evaluatePredictions } from '../../metrics/index.ts'
import type { SplitPredictions } from './stored-predictions.ts'

/** @returns null where there is nothing to score */
export function evaluateSplit(
  split: Split,
  { probabilities, truths }: SplitPredictions,
  classes: readonly string[],
): Evaluation | null {
  if (truths.length === 0) return null
  return { split, ...evaluatePredictions(probabilities, truths, classes) }
}
