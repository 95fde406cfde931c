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

/** How examples are put into bins: of equal width, or with about equally many examples each. */
export interface Binning {
  /** Fifteen unless told otherwise, as in the paper below. */
  readonly count?: number
  /** mass: the edges are quantiles of the confidences; equal ones give empty bins. */
  readonly equal?: 'width' | 'mass'
}

/** How right predictions are for how sure they are. */
export function reliability(
  predictions: Predictions,
  multiplicities: Multiplicities = null,
  { count: binCount = 15, equal = 'width' }: Binning = {},
): ReliabilityBin[] {
  const { examples, labels, predicted } = predictions
  const ofRows = confidencesOf(predictions)
  const edges = equal === 'width' ? null : quantileEdges(ofRows, binCount)
  const counts = new Float64Array(binCount)
  const confidences = new Float64Array(binCount)
  const correct = new Float64Array(binCount)
  for (let row = 0; row < examples; row += 1) {
    const count = multiplicities === null ? 1 : (multiplicities[row] as number)
    const confidence = ofRows[row] as number
    const bin =
      edges === null
        ? Math.min(Math.max(Math.ceil(confidence * binCount) - 1, 0), binCount - 1)
        : edges.slice(1, -1).reduce((below, edge) => below + (edge < confidence ? 1 : 0), 0)
    counts[bin] = (counts[bin] as number) + count
    confidences[bin] = (confidences[bin] as number) + count * confidence
    if (labels[row] === predicted[row]) correct[bin] = (correct[bin] as number) + count
  }
  return Array.from(counts, (count, bin) => ({
    low: edges?.[bin] ?? bin / binCount,
    high: edges?.[bin + 1] ?? (bin + 1) / binCount,
    examples: count,
    confidence: (confidences[bin] as number) / count,
    accuracy: (correct[bin] as number) / count,
  }))
}

/** `[examples]`, the highest probability of each. */
export function confidencesOf({ classes, predicted, probabilities }: Predictions): Float32Array {
  return Float32Array.from(predicted, (index, row) => probabilities[row * classes + index] as number)
}

/** @returns `[bins + 1]`, rising; between two confidences linear */
function quantileEdges(confidences: Float32Array, bins: number): number[] {
  const sorted = confidences.slice().sort()
  return Array.from({ length: bins + 1 }, (_, index) => {
    const place = (index / bins) * (sorted.length - 1)
    const low = sorted[Math.floor(place)] ?? 0
    return low + ((sorted[Math.ceil(place)] ?? 0) - low) * (place - Math.floor(place))
  })
}

/**
 * Expected calibration error: the mean over examples of the distance between confidence and accuracy in their bin, 0 to 1.
 *
 * @see https://arxiv.org/abs/1706.04599
 */
export const expectedCalibrationError: Statistic = (predictions, multiplicities) =>
  calibrationErrorOf(reliability(predictions, multiplicities))

/** {@link expectedCalibrationError} of bins. */
export function calibrationErrorOf(all: readonly ReliabilityBin[]): number {
  const bins = all.filter(({ examples }) => examples > 0)
  const total = bins.reduce((sum, { examples }) => sum + examples, 0)
  return (
    bins.reduce(
      (sum, { examples, confidence, accuracy }) => sum + examples * Math.abs(confidence - accuracy),
      0,
    ) / total
  )
}
