/** How likely a given label is right, by the probabilities of its classes: 0 to 1, the worst first. */
export const labelQualities = {
  /** The probability of the given class. */
  'self-confidence': (probabilities: Float32Array, given: number): number => probabilities[given] as number,
  /** By how much the given class is likelier than the likeliest other, moved to [0, 1]: 0.5 is a tie. */
  'normalized-margin': (probabilities: Float32Array, given: number): number => {
    let other = 0
    probabilities.forEach((probability, index) => {
      if (index !== given && probability > other) other = probability
    })
    return ((probabilities[given] as number) - other + 1) / 2
  },
} as const
export type LabelQualityId = keyof typeof labelQualities

/**
 * The quality of each label.
 *
 * @param probabilities `[examples, classes]`, out of fold
 * @param labels `[examples]`, the given classes
 * @returns float64 `[examples]`, in [0, 1]
 * @see Northcutt, Jiang, Chuang: Confident Learning (2021), section 3.2, https://arxiv.org/abs/1911.00068
 */
export function labelQuality(
  probabilities: Float32Array,
  labels: ArrayLike<number>,
  classes: number,
  by: LabelQualityId,
): Float64Array {
  const quality = labelQualities[by]
  return Float64Array.from({ length: labels.length }, (_, row) =>
    quality(probabilities.subarray(row * classes, (row + 1) * classes), labels[row] as number),
  )
}
