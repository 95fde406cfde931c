import { AppError } from '../contract/errors.ts'
import type { Evaluation } from '../contract/entities.ts'
import { averagePrecisionOf } from './average-precision.ts'
import { ofClass } from './averages.ts'
import { bootstrapIntervals } from './bootstrap-interval.ts'
import { crossEntropy } from './cross-entropy.ts'
import { evaluationMetrics } from './evaluation-metrics.ts'
import { perClass } from './per-class.ts'
import type { Predictions } from './predictions.ts'
import { rocAucOf } from './roc-auc.ts'
import { wilsonInterval } from './wilson-interval.ts'

/** Everything of an evaluation that follows from predictions. */
export type PredictionScores = Omit<Evaluation, 'split'>

const mostResamples = 1000
const fewestResamples = 200
/** Values looked at by the bootstrap of one statistic. */
const bootstrapWork = 1e8

/**
 * Scores predictions. It pauses now and then, so that whoever runs it can do other work between; its last value is the result.
 *
 * @param classes class names in the order of the model's outputs
 * @param withIntervals false leaves out those of the bootstrap, which take most of the time: they are null then
 * @throws AppError 'too-few-images' without any
 */
export function* evaluatePredictions(
  predictions: Predictions,
  classes: readonly string[],
  withIntervals = true,
): Generator<undefined, PredictionScores> {
  const { probabilities, labels } = predictions
  if (labels.length === 0) {
    throw new AppError(
      'too-few-images',
      'An evaluation needs at least one labelled image; there is none. Label some, or choose another split.',
    )
  }
  const loss = crossEntropy(classes.length)
  loss.update(probabilities, labels)
  yield
  const matrix = predictions.confusion(null)
  const correct = matrix.reduce((sum, row, index) => sum + (row[index] ?? 0), 0)
  const listed = evaluationMetrics.filter(({ fromClasses }) => classes.length >= fromClasses)
  for (let index = 0; index < classes.length; index += 1) {
    predictions.thresholdsOf(index)
    // Only samples with repetition need the order of all.
    if (withIntervals) predictions.rankedBy(index)
    yield
  }
  const values: number[] = []
  for (const { statistic } of listed) {
    values.push(statistic(predictions, null))
    yield
  }
  const resamples = Math.ceil(bootstrapWork / probabilities.length)
  const intervals = yield* bootstrapIntervals(
    predictions,
    [...listed.map(({ statistic }) => statistic), ...classes.map((_, index) => ofClass(index, 'f1'))],
    { resamples: withIntervals ? Math.min(Math.max(resamples, fewestResamples), mostResamples) : 0 },
  )
  return {
    loss: loss.result(),
    accuracy: correct / labels.length,
    interval95: wilsonInterval(correct, labels.length),
    metrics: listed.map(({ id }, index) => ({
      id,
      value: orNull(values[index] ?? NaN),
      interval95: intervals[index] ?? null,
    })),
    perClass: yield* classRows(predictions, classes, intervals.slice(listed.length)),
    confusion: { labels: [...classes], matrix },
    support: labels.length,
  }
}

function* classRows(
  predictions: Predictions,
  classes: readonly string[],
  f1Intervals: readonly ([number, number] | null)[],
): Generator<undefined, Evaluation['perClass']> {
  const matrix = predictions.confusion(null)
  const rows: Evaluation['perClass'] = []
  for (const [index, scores] of perClass(matrix).entries()) {
    const correct = matrix[index]?.[index] ?? 0
    const predicted = matrix.reduce((sum, row) => sum + (row[index] ?? 0), 0)
    const interval = (trials: number): [number, number] | null =>
      trials === 0 ? null : wilsonInterval(correct, trials)
    rows.push({
      class: classes[index] ?? '',
      ...scores,
      rocAuc: orNull(rocAucOf(predictions, index)),
      averagePrecision: orNull(averagePrecisionOf(predictions, index)),
      intervals95: {
        precision: interval(predicted),
        recall: interval(scores.support),
        f1: f1Intervals[index] ?? null,
      },
    })
    yield
  }
  return rows
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value
}
