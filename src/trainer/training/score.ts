import { metrics } from '../../metrics/index.ts'
import type { RowPredictions } from './predict-rows.ts'

/**
 * Loss and accuracy of predictions; null without any.
 *
 * @param labels class indexes by position
 */
export function score(
  { rows, probabilities }: RowPredictions,
  labels: readonly number[],
  classes: number,
): { loss: number; accuracy: number } | null {
  if (rows.length === 0) return null
  const loss = metrics.loss(classes)
  const accuracy = metrics.accuracy(classes)
  const truth = rows.map((row) => labels[row] as number)
  for (const metric of [loss, accuracy]) metric.update(probabilities, truth)
  return { loss: loss.result(), accuracy: accuracy.result() }
}
