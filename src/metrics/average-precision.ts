import type { Multiplicities, Predictions, Statistic } from './predictions.ts'
import { meanOverClasses } from './roc-auc.ts'
import type { ThresholdCounts } from './threshold-counts.ts'

/**
 * Average precision of one class against the rest: the sum over thresholds of the precision there times the recall gained, without
 * interpolation. NaN where there is no example of the class.
 *
 * @see https://scikit-learn.org/stable/modules/model_evaluation.html#precision-recall-and-f-measures
 */
export function averagePrecisionOf(
  predictions: Predictions,
  classIndex: number,
  multiplicities: Multiplicities = null,
): number {
  if (multiplicities === null) return precisionOf(predictions.thresholdsOf(classIndex))
  const { labels } = predictions
  const { rows, scores } = predictions.rankedBy(classIndex)
  let positives = 0
  let taken = 0
  let sum = 0
  for (let place = 0; place < rows.length;) {
    const score = scores[place] as number
    let gained = 0
    for (; place < rows.length && scores[place] === score; place += 1) {
      const row = rows[place] as number
      const count = multiplicities[row] as number
      taken += count
      if (labels[row] === classIndex) gained += count
    }
    positives += gained
    if (gained > 0) sum += gained * (positives / taken)
  }
  return sum / positives
}

function precisionOf({ positives, truePositives, falsePositives }: ThresholdCounts): number {
  let sum = 0
  truePositives.forEach((found, index) => {
    const gained = found - (truePositives[index - 1] ?? 0)
    sum += gained * (found / (found + (falsePositives[index] as number)))
  })
  return sum / positives
}

/** The mean over classes of {@link averagePrecisionOf}; classes without examples are left out. */
export const averagePrecision: Statistic = (predictions, multiplicities) =>
  meanOverClasses(predictions, (classIndex) => averagePrecisionOf(predictions, classIndex, multiplicities))
