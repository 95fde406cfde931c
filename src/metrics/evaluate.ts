import { AppError } from '../contract/errors.ts'
import type { Evaluation } from '../contract/entities.ts'
import { accuracy } from './accuracy.ts'
import { confusionMatrix } from './confusion-matrix.ts'
import { crossEntropy } from './cross-entropy.ts'
import { perClass } from './per-class.ts'
import { wilsonInterval } from './wilson-interval.ts'

/** Everything of an evaluation that follows from predictions. */
export type PredictionScores = Omit<Evaluation, 'split'>

/**
 * Scores predictions.
 *
 * @param probabilities `[images, classes]`, row by row
 * @param labels `[images]`, indexes into `classes`
 * @param classes class names in the order of the model's outputs
 * @throws AppError 'too-few-images' without any; 'loss-not-finite' where a probability is not a number
 */
export function evaluatePredictions(
  probabilities: Float32Array,
  labels: ArrayLike<number>,
  classes: readonly string[],
): PredictionScores {
  if (labels.length === 0) {
    throw new AppError(
      'too-few-images',
      'An evaluation needs at least one labelled image; there is none. Label some, or choose another split.',
    )
  }
  const loss = crossEntropy(classes.length)
  const share = accuracy(classes.length)
  const confusion = confusionMatrix(classes.length)
  for (const metric of [loss, share, confusion]) metric.update(probabilities, labels)
  const matrix = confusion.result()
  const correct = matrix.reduce((sum, row, index) => sum + (row[index] ?? 0), 0)
  return {
    loss: loss.result(),
    accuracy: share.result(),
    interval95: wilsonInterval(correct, labels.length),
    perClass: perClass(matrix).map((scores, index) => ({ class: classes[index] ?? '', ...scores })),
    confusion: { labels: [...classes], matrix },
    support: labels.length,
  }
}
