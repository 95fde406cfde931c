import type { Accumulator } from './accumulator.ts'
import { accumulate } from './accumulator.ts'

/** Counts of examples, `matrix[truth][predicted]`. */
export type ConfusionMatrix = number[][]

/** How often each class was predicted as each. */
export function confusionMatrix(classes: number): Accumulator<ConfusionMatrix> {
  const counts = new Float64Array(classes * classes)
  return accumulate(
    classes,
    ({ label, predicted }) => {
      const cell = label * classes + predicted
      counts[cell] = (counts[cell] ?? 0) + 1
    },
    () =>
      Array.from({ length: classes }, (_, truth) => [
        ...counts.subarray(truth * classes, (truth + 1) * classes),
      ]),
  )
}
