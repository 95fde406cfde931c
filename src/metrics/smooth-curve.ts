/**
 * An exponential moving average, corrected for its beginning at zero, so that the first value is the curve's own.
 *
 * @param weight of the past, 0 (none: the curve as it is) to below 1
 * @see https://arxiv.org/abs/1412.6980 (section 3 has the correction)
 */
export function smoothCurve(values: Float64Array, weight: number): Float64Array {
  if (weight === 0) return values
  const smooth = new Float64Array(values.length)
  let average = 0
  let past = 1
  values.forEach((value, index) => {
    average = weight * average + (1 - weight) * value
    past *= weight
    smooth[index] = average / (1 - past)
  })
  return smooth
}
