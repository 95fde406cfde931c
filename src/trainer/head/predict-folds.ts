import { predictSoftmaxRegression, fitSoftmaxRegression } from '../../ml/softmax-regression.ts'
import { breathe, reportProgress, type JobContext } from '../job-context.ts'
import { gatherRows } from './gather-rows.ts'
import type { LabelledRows } from './labelled-rows.ts'

/** Of the minimiser; a fold has rarely all of them. */
const iterations = 200
/** Against the mean loss, for rows of length 1. @see bench/label-errors.ts */
const l2 = 3e-4

/** What heads say of rows that they were not fit to. */
interface FoldPredictions {
  /** float32 `[rows, classes]` */
  readonly probabilities: Float32Array
  /** Of the labels given, wrong ones among them. */
  readonly accuracy: number
}

/**
 * Predicts the rows of each fold by a softmax regression that was fit to the other folds.
 *
 * @param held rows of each fold, every row in one
 * @throws AppError 'cancelled'
 */
export async function predictFolds(
  { labels, features }: Pick<LabelledRows, 'labels' | 'features'>,
  held: readonly (readonly number[])[],
  classes: number,
  context: JobContext,
): Promise<FoldPredictions> {
  const probabilities = new Float32Array(labels.length * classes)
  const progress = reportProgress(context, 'training', held.length * iterations)
  let right = 0
  for (const rows of held) {
    const isHeld = new Set(rows)
    const others = labels.flatMap((_, row) => (isHeld.has(row) ? [] : [row]))
    const seen = gatherRows(features, others)
    const unseen = gatherRows(features, rows)
    let done = 0
    try {
      const fit = await fitSoftmaxRegression(
        seen,
        others.map((row) => labels[row] as number),
        {
          classes,
          l2,
          iterations,
          async onIteration() {
            await breathe(context)
            done += 1
            progress.advance()
          },
        },
      )
      const predicted = predictSoftmaxRegression(unseen, fit)
      rows.forEach((row, place) => {
        const values = predicted.subarray(place * classes, (place + 1) * classes)
        probabilities.set(values, row * classes)
        right += Number(values.indexOf(Math.max(...values)) === labels[row])
      })
    } finally {
      seen.dispose()
      unseen.dispose()
    }
    progress.advance(iterations - done)
  }
  progress.finish()
  return { probabilities, accuracy: right / labels.length }
}
