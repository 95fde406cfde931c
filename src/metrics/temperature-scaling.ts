import type { Predictions } from './predictions.ts'

/** The smallest probability that is not denormal in 32 bits: a softmax that became 0 has lost its logit, and is taken for this. */
const smallestProbability = 2 ** -126

/** Temperatures outside say that the data do not determine one. */
const lowest = 0.05
const highest = 20
const mostSteps = 60
/** Of the temperature, relative. */
const tolerance = 1e-9
/** Rows between two pauses, by values looked at. */
const valuesBetweenPauses = 200_000

/**
 * The temperature that makes predictions likeliest: the one number that the logits of all examples are divided by so that the mean
 * cross-entropy is least. It changes no predicted class. Logarithms of probabilities stand for logits, from which they differ by a constant
 * in each row. It pauses now and then; its last value is the result.
 *
 * @returns null where no temperature between 0.05 and 20 is best, as where there is no mistake: the sharper the better
 * @see https://arxiv.org/abs/1706.04599
 */
export function* fitTemperature({
  classes,
  examples,
  probabilities,
  labels,
}: Predictions): Generator<undefined, number | null> {
  if (examples === 0) return null
  const logits = Float32Array.from(probabilities, (value) => Math.log(Math.max(value, smallestProbability)))
  yield
  const rowsBetweenPauses = Math.max(1, Math.floor(valuesBetweenPauses / classes))

  /** The first and second derivative of the mean cross-entropy by the inverse temperature, in which it is convex. */
  function* derivatives(inverse: number): Generator<undefined, { slope: number; curvature: number }> {
    let slope = 0
    let curvature = 0
    for (let row = 0; row < examples; row += 1) {
      const start = row * classes
      let most = -Infinity
      for (let index = 0; index < classes; index += 1) most = Math.max(most, logits[start + index] as number)
      let sum = 0
      let first = 0
      let second = 0
      for (let index = 0; index < classes; index += 1) {
        const logit = (logits[start + index] as number) - most
        const weight = Math.exp(inverse * logit)
        sum += weight
        first += weight * logit
        second += weight * logit * logit
      }
      const mean = first / sum
      slope += mean - ((logits[start + (labels[row] as number)] as number) - most)
      curvature += second / sum - mean * mean
      if (row % rowsBetweenPauses === rowsBetweenPauses - 1) yield
    }
    return { slope: slope / examples, curvature: curvature / examples }
  }

  let low = 1 / highest
  let high = 1 / lowest
  if ((yield* derivatives(low)).slope >= 0 || (yield* derivatives(high)).slope <= 0) return null
  let inverse = 1
  for (let step = 0; step < mostSteps; step += 1) {
    const { slope, curvature } = yield* derivatives(inverse)
    if (slope > 0) high = inverse
    else low = inverse
    const newton = inverse - slope / curvature
    // Newton's step where it stays within what is known, else the middle.
    const next = newton > low && newton < high ? newton : (low + high) / 2
    const moved = Math.abs(next - inverse)
    inverse = next
    if (moved < tolerance * inverse) break
  }
  return 1 / inverse
}

/**
 * Probabilities as they are with the logits divided by a temperature.
 *
 * @param probabilities `[rows, classes]`, row by row
 * @param temperature above 0; 1 leaves them as they are
 * @returns the same shape; rows sum to 1
 */
export function scaleByTemperature(
  probabilities: Float32Array,
  classes: number,
  temperature: number,
): Float32Array {
  const scaled = new Float32Array(probabilities.length)
  for (let start = 0; start < probabilities.length; start += classes) {
    let most = 0
    for (let index = start; index < start + classes; index += 1) {
      most = Math.max(most, probabilities[index] as number)
    }
    let sum = 0
    for (let index = start; index < start + classes; index += 1) {
      const value = Math.max(probabilities[index] as number, smallestProbability)
      const weight = (value / most) ** (1 / temperature)
      scaled[index] = weight
      sum += weight
    }
    for (let index = start; index < start + classes; index += 1)
      scaled[index] = (scaled[index] as number) / sum
  }
  return scaled
}
