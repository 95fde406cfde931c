import type { Accumulator } from './accumulator.ts'
import { accumulate } from './accumulator.ts'

/** The smallest probability that is not denormal in 32 bits: one that became 0 costs 87.3, not infinity. */
const smallestProbability = 2 ** -126

/** The mean of -ln(probability of the true class), in nats; NaN without examples. */
export function crossEntropy(classes: number): Accumulator<number> {
  let examples = 0
  let sum = 0
  return accumulate(
    classes,
    ({ probability }) => {
      examples += 1
      sum -= Math.log(Math.max(probability, smallestProbability))
    },
    () => sum / examples,
  )
}
