import type { Evaluation, Split } from '../../contract/entities.ts'
import { evaluatePredictions } from '../../metrics/index.ts'
import { inSlices } from './in-slices.ts'
import type { SplitPredictions } from './stored-predictions.ts'

/** @returns null where there is nothing to score */
export async function evaluateSplit(
  split: Split,
  { probabilities, truths }: SplitPredictions,
  classes: readonly string[],
): Promise<Evaluation | null> {
  if (truths.length === 0) return null
  return { split, ...(await inSlices(evaluatePredictions(probabilities, truths, classes))) }
}
