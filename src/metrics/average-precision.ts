import type { Multiplicities, Predictions, Statistic } from './predictions.ts'
import { meanOverClasses } from './roc-auc.ts'

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
  const { classes, probabilities, labels } = predictions
  const ranking = predictions.rankedBy(classIndex)
  let positives = 0
  let taken = 0
  let sum = 0
  for (let place = 0; place < ranking.length;) {
    const score = probabilities[(ranking[place] as number) * classes + classIndex] as number
    let gained = 0
    for (; place < ranking.length; place += 1) {
      const row = ranking[place] as number
      if (probabilities[row * classes + classIndex] !== score) break
      const count = multiplicities === null ? 1 : (multiplicities[row] as number)
      taken += count
      if (labels[row] === classIndex) gained += count
    }
    positives += gained
    if (gained > 0) sum += gained * (positives / taken)
  }
  return sum / positives
}

/** The mean over classes of {@link averagePrecisionOf}; classes without examples are left out. */
export const averagePrecision: Statistic = (predictions, multiplicities) =>
  meanOverClasses(predictions, (classIndex) => averagePrecisionOf(predictions, classIndex, multiplicities))
