/** Points at either end say little: at the start the mean is of few batches, at the end the loss already turns. */
const ignoredAtStart = 10
const ignoredAtEnd = 5
/** Points on either side that a slope is measured over. */
const reach = 3

/**
 * The learning rate at which the loss falls most steeply over the logarithm of the rate.
 *
 * @param points of equal steps in that logarithm, rising
 * @returns null where the loss falls nowhere, or there are too few points
 * @see https://arxiv.org/abs/1506.01186
 */
export function suggestLearningRate(
  points: readonly { readonly learningRate: number; readonly loss: number }[],
): number | null {
  const lossAt = (index: number): number => points[index]?.loss ?? NaN
  let steepest: { slope: number; learningRate: number } | null = null
  for (let index = ignoredAtStart; index < points.length - ignoredAtEnd; index += 1) {
    const first = Math.max(0, index - reach)
    const last = Math.min(points.length - 1, index + reach)
    const slope = (lossAt(last) - lossAt(first)) / (last - first)
    if (slope < (steepest?.slope ?? 0)) {
      steepest = { slope, learningRate: points[index]?.learningRate ?? 0 }
    }
  }
  return steepest?.learningRate ?? null
}
