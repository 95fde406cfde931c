import type { Multiplicities, Predictions, Statistic } from './predictions.ts'

/** One bar of a reliability diagram: the examples whose highest probability lies in a range. */
export interface ReliabilityBin {
  /** The range is above `low`, up to and with `high`; the first has 0 too. */
  readonly low: number
  readonly high: number
  readonly examples: number
  /** The mean of the highest probabilities; NaN without examples. */
  readonly confidence: number
  /** The share that is right; NaN without examples. */
  readonly accuracy: number
}

/** Fifteen, as in the paper below. */
const binCount = 15

/** How right predictions are for how sure they are, in bins of equal width. */
export function reliability(
  { classes, examples, probabilities, labels, predicted }: Predictions,
  multiplicities: Multiplicities = null,
): ReliabilityBin[] {
  const counts = new Float64Array(binCount)
  const confidences = new Float64Array(binCount)
  const correct = new Float64Array(binCount)
  for (let row = 0; row < examples; row += 1) {
    const count = multiplicities === null ? 1 : (multiplicities[row] as number)
    const confidence = probabilities[row * classes + (predicted[row] as number)] as number
    const bin = Math.min(Math.max(Math.ceil(confidence * binCount) - 1, 0), binCount - 1)
    counts[bin] = (counts[bin] as number) + count
    confidences[bin] = (confidences[bin] as number) + count * confidence
    if (labels[row] === predicted[row]) correct[bin] = (correct[bin] as number) + count
  }
  return Array.from(counts, (count, bin) => ({
    low: bin / binCount,
    high: (bin + 1) / binCount,
    examples: count,
    confidence: (confidences[bin] as number) / count,
    accuracy: (correct[bin] as number) / count,
  }))
}

/**
 * Expected calibration error: the mean over examples of the distance between confidence and accuracy in their bin, 0 to 1.
 *
 * @see https://arxiv.org/abs/1706.04599
 */
export const expectedCalibrationError: Statistic = (predictions, multiplicities) => {
  const bins = reliability(predictions, multiplicities).filter(({ examples }) => examples > 0)
  const total = bins.reduce((sum, { examples }) => sum + examples, 0)
  return (
    bins.reduce(
      (sum, { examples, confidence, accuracy }) => sum + examples * Math.abs(confidence - accuracy),
      0,
    ) / total
  )
}
