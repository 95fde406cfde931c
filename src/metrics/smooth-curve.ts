/** A smoothed curve that grows with the one it is made from. */
export interface Smoothed {
  readonly weight: number
  readonly values: number[]
  /** Exponential sum of the values so far, and of their weights. */
  sum: number
  weights: number
  /** The value that the last one was made from. */
  last: number | undefined
}

/** @param weight of what came before, 0 up to, but not 1: 0 leaves the curve as it is */
export function createSmoothed(weight: number): Smoothed {
  return { weight, values: [], sum: 0, weights: 0, last: undefined }
}

/**
 * Brings a smoothed curve up to `values`, which only grow: an exponential moving average, divided by the sum of its weights so that it does
 * not begin at 0. What is no number stays none and changes nothing. Where the values are another curve's, or a resumed run's that were
 * taken back, it starts again.
 *
 * @see https://arxiv.org/abs/1412.6980 section 3, for the correction
 */
export function extendSmoothed(smoothed: Smoothed, values: ArrayLike<number>): void {
  const { weight } = smoothed
  const before = smoothed.values.length
  if (before > 0 && !Object.is(values[before - 1], smoothed.last)) {
    smoothed.values.length = 0
    smoothed.sum = smoothed.weights = 0
  }
  for (let index = smoothed.values.length; index < values.length; index += 1) {
    const value = values[index] ?? NaN
    if (!Number.isFinite(value)) {
      smoothed.values.push(NaN)
      continue
    }
    smoothed.sum = weight * smoothed.sum + (1 - weight) * value
    smoothed.weights = weight * smoothed.weights + (1 - weight)
    smoothed.values.push(smoothed.sum / smoothed.weights)
  }
  smoothed.last = values[values.length - 1]
}

/** A whole curve smoothed as {@link extendSmoothed} does. */
export function smoothCurve(values: Float64Array, weight: number): Float64Array {
  if (weight === 0) return values
  const smoothed = createSmoothed(weight)
  extendSmoothed(smoothed, values)
  return Float64Array.from(smoothed.values)
}
