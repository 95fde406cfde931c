import type { Multiplicities, Predictions, Statistic } from './predictions.ts'
import type { ThresholdCounts } from './threshold-counts.ts'

/**
 * The area under the ROC curve of one class against the rest: how probable it is that an example of the class gets a higher probability of it
 * than an example of another, ties counted half. NaN where there is no example of the class, or none of another.
 *
 * @see https://doi.org/10.1016/j.patrec.2005.10.010
 */
export function rocAucOf(
  predictions: Predictions,
  classIndex: number,
  multiplicities: Multiplicities = null,
): number {
  if (multiplicities === null) return areaOf(predictions.thresholdsOf(classIndex))
  const { labels } = predictions
  const { rows, scores } = predictions.rankedBy(classIndex)
  let positives = 0
  let negatives = 0
  let area = 0
  for (let place = 0; place < rows.length;) {
    const score = scores[place] as number
    let tiedPositives = 0
    let tiedNegatives = 0
    for (; place < rows.length && scores[place] === score; place += 1) {
      const row = rows[place] as number
      const count = multiplicities[row] as number
      if (labels[row] === classIndex) tiedPositives += count
      else tiedNegatives += count
    }
    area += tiedNegatives * (positives + tiedPositives / 2)
    positives += tiedPositives
    negatives += tiedNegatives
  }
  return area / (positives * negatives)
}

function areaOf(counts: ThresholdCounts): number {
  const { positives, negatives, truePositives, falsePositives, falsePositivesAbove } = counts
  let area = 0
  truePositives.forEach((found, index) => {
    const gained = found - (truePositives[index - 1] ?? 0)
    area +=
      gained * (negatives - ((falsePositives[index] as number) + (falsePositivesAbove[index] as number)) / 2)
  })
  return area / (positives * negatives)
}

/** The mean over classes of {@link rocAucOf}, one against the rest; classes where it is not defined are left out. */
export const rocAuc: Statistic = (predictions, multiplicities) =>
  meanOverClasses(predictions, (classIndex) => rocAucOf(predictions, classIndex, multiplicities))

/** The mean of a value over the classes where it is a number; NaN where it is for none. */
export function meanOverClasses({ classes }: Predictions, valueOf: (classIndex: number) => number): number {
  const values = Array.from({ length: classes }, (_, index) => valueOf(index)).filter(
    (value) => !Number.isNaN(value),
  )
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
