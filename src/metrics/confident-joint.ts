import { highest } from './predictions.ts'

/** Below any difference between probabilities that means something: float32 keeps seven digits. */
const rounding = 1e-6

/**
 * What sure is of each class: the mean probability that images with that label have of it, out of fold. A probability above it is a confident one.
 *
 * @param probabilities `[examples, classes]`, row by row, each by a model that did not see the example
 * @param labels `[examples]`, the given classes
 * @returns float64 `[classes]`, in [0, 1]; Infinity for a class without examples
 * @see Northcutt, Jiang, Chuang: Confident Learning (2021), equation 2, https://arxiv.org/abs/1911.00068
 */
export function classThresholds(
  probabilities: Float32Array,
  labels: ArrayLike<number>,
  classes: number,
): Float64Array {
  const sums = new Float64Array(classes)
  const counts = new Uint32Array(classes)
  for (let row = 0; row < labels.length; row += 1) {
    const label = labels[row] as number
    sums[label] = (sums[label] as number) + (probabilities[row * classes + label] as number)
    counts[label] = (counts[label] as number) + 1
  }
  return sums.map((sum, label) => (counts[label] ? Math.max(2 * rounding, sum / counts[label]) : Infinity))
}

/**
 * The class that each example confidently is of: one whose threshold its probability reaches; where it reaches several, the likeliest.
 *
 * @param thresholds `[classes]`, as `classThresholds` gives
 * @returns `[examples]`; -1 where it reaches none
 */
export function confidentClasses(
  probabilities: Float32Array,
  examples: number,
  thresholds: Float64Array,
): Int32Array {
  const classes = thresholds.length
  const found = new Int32Array(examples)
  for (let row = 0; row < examples; row += 1) {
    let reached = 0
    let last = -1
    for (let index = 0; index < classes; index += 1) {
      const probability = probabilities[row * classes + index] as number
      if (probability < (thresholds[index] as number) - rounding) continue
      reached += 1
      last = index
    }
    found[row] = reached > 1 ? highest(probabilities, row * classes, classes) : last
  }
  return found
}

/**
 * How many examples have one class given and confidently are of another, `[given][true]`: counted, then scaled so that each row adds up to the examples
 * that have its class, in whole numbers.
 *
 * @param probabilities `[examples, classes]`, out of fold
 * @param labels `[examples]`, the given classes
 * @see Northcutt, Jiang, Chuang: Confident Learning (2021), equations 1 and 3, https://arxiv.org/abs/1911.00068
 */
export function confidentJoint(
  probabilities: Float32Array,
  labels: ArrayLike<number>,
  classes: number,
): number[][] {
  const confident = confidentClasses(
    probabilities,
    labels.length,
    classThresholds(probabilities, labels, classes),
  )
  const joint = Array.from({ length: classes }, () => new Array<number>(classes).fill(0))
  const counts = new Array<number>(classes).fill(0)
  for (let row = 0; row < labels.length; row += 1) {
    const given = labels[row] as number
    const sure = confident[row] as number
    counts[given] = (counts[given] as number) + 1
    const counted = joint[given] as number[]
    if (sure >= 0) counted[sure] = (counted[sure] as number) + 1
  }
  const calibrated = joint.map((counted, given) => {
    // Each class is taken to have an example that is rightly of it.
    counted[given] = Math.max(1, counted[given] as number)
    const total = counted.reduce((sum, count) => sum + count, 0)
    return counted.map((count) => (count / total) * (counts[given] as number))
  })
  return calibrated.map((row, given) => roundedToTotal(row, counts[given] as number))
}

/**
 * Whole numbers close to `values` that add up to `total`: rounded, halves to the even number, and where that is too little the ones that lost most
 * raised, of equal ones the last; where it is too much the ones that gained most lowered, of equal ones the first. cleanlab rounds so too.
 *
 * @param total the sum of `values`, a whole number
 */
export function roundedToTotal(values: readonly number[], total: number): number[] {
  const whole = values.map(roundHalfEven)
  const missing = total - whole.reduce((sum, value) => sum + value, 0)
  const step = Math.sign(missing)
  const byLoss = values
    .map((value, index) => ({ index, loss: step * (value - (whole[index] as number)) }))
    .sort((a, b) => b.loss - a.loss || step * (b.index - a.index))
  for (const { index } of byLoss.slice(0, Math.abs(missing))) whole[index] = (whole[index] as number) + step
  return whole
}

function roundHalfEven(value: number): number {
  const below = Math.floor(value)
  const rest = value - below
  if (rest !== 0.5) return below + Number(rest > 0.5)
  return below % 2 === 0 ? below : below + 1
}
