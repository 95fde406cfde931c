/** The normal quantile at 0.975, for intervals of 95%. */
const z95 = 1.959963984540054

/**
 * Wilson's score interval of a share: unlike the normal approximation it stays within 0 to 1 and has width at 0 and at 1.
 *
 * @param successes 0 to `trials`
 * @param z the normal quantile of the wanted confidence
 * @returns `[low, high]`; `[0, 1]` without trials
 * @see https://doi.org/10.1080/01621459.1927.10502953
 */
export function wilsonInterval(successes: number, trials: number, z = z95): [number, number] {
  if (trials === 0) return [0, 1]
  const share = successes / trials
  const denominator = 1 + (z * z) / trials
  const centre = (share + (z * z) / (2 * trials)) / denominator
  const half = (z / denominator) * Math.sqrt((share * (1 - share)) / trials + (z * z) / (4 * trials * trials))
  // At the ends the exact value is 0 or 1, which rounding would miss by a hair.
  return [successes === 0 ? 0 : centre - half, successes === trials ? 1 : centre + half]
}
