import type { Accumulator } from './accumulator.ts'
import { accumulate } from './accumulator.ts'

/** The share of examples whose most probable class is the true one, 0 to 1; NaN without examples. */
export function accuracy(classes: number): Accumulator<number> {
  let examples = 0
  let correct = 0
  return accumulate(
    classes,
    ({ label, predicted }) => {
      examples += 1
      if (predicted === label) correct += 1
    },
    () => correct / examples,
  )
}
