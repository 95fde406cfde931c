import { setImmediate } from 'node:timers/promises'
import type { Evaluation, Split } from '../../contract/entities.ts'
import { evaluatePredictions } from '../../metrics/index.ts'
import type { SplitPredictions } from './stored-predictions.ts'

/** Other requests are let in at least this often. */
const sliceMs = 15

/** @returns null where there is nothing to score */
export async function evaluateSplit(
  split: Split,
  { probabilities, truths }: SplitPredictions,
  classes: readonly string[],
): Promise<Evaluation | null> {
  if (truths.length === 0) return null
  const evaluation = evaluatePredictions(probabilities, truths, classes)
  let sliceStart = performance.now()
  for (;;) {
    const step = evaluation.next()
    if (step.done) return { split, ...step.value }
    if (performance.now() - sliceStart < sliceMs) continue
    await setImmediate()
    sliceStart = performance.now()
  }
}
