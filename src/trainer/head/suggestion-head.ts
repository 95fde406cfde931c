import type * as tf from '@tensorflow/tfjs-core'
import {
  fitSoftmaxRegression,
  predictSoftmaxRegression,
  type LinearHead,
} from '../../ml/softmax-regression.ts'
import { dealFolds, stratifiedPart } from './folds.ts'
import { gatherRows } from './gather-rows.ts'

/** Against the mean loss, for rows of length 1. @see bench/active-learning.ts */
const l2 = 3e-4
const folds = 5
/** Shares of the labels that the learning curve is measured at, beside all of them. */
const curveShares = [0.25, 0.5]
/** Fewer labels say nothing of accuracy. */
const fewestToJudge = 10

/** A linear head fit to labelled rows. @param features `[rows, width]`, as `normalizedRows` gives; stays the caller's */
export function fitSuggestionHead(
  features: tf.Tensor2D,
  labels: readonly number[],
  classes: number,
  onIteration?: () => Promise<void>,
): Promise<LinearHead> {
  return fitSoftmaxRegression(features, labels, { classes, l2, onIteration })
}

/** What heads say of labelled images that they were not fit to. */
export interface OutOfFold {
  /** float32 `[rows, classes]` */
  readonly probabilities: Float32Array
  readonly accuracy: number
  /** Accuracies by how many labels a head was fit to, rising; the last is the one above. */
  readonly curve: readonly { labels: number; accuracy: number }[]
}

/**
 * Predicts each labelled row by a head that was fit to the other folds, and measures how accuracy grows with labels by fitting to parts of them.
 *
 * @param features `[rows, width]`; stays the caller's
 * @param onFit is called after each of `fitsOf(rows)` heads
 * @returns null where there are too few labels to judge by
 */
export async function predictOutOfFold(
  features: tf.Tensor2D,
  labels: readonly number[],
  classes: number,
  { onFit, onIteration }: { onFit?: () => void; onIteration?: () => Promise<void> } = {},
): Promise<OutOfFold | null> {
  const rows = labels.length
  if (rows < fewestToJudge) return null
  const probabilities = new Float32Array(rows * classes)
  const points = [...curveShares, 1].map((share) => ({ share, fitTo: 0, right: 0 }))
  for (const held of dealFolds(labels, folds)) {
    const isHeld = new Set(held)
    const others = labels.flatMap((_, row) => (isHeld.has(row) ? [] : [row]))
    const heldFeatures = gatherRows(features, held)
    try {
      for (const point of points) {
        const part = point.share === 1 ? others : stratifiedPart(others, labels, point.share)
        const partFeatures = gatherRows(features, part)
        try {
          const partLabels = part.map((row) => labels[row] as number)
          const head = await fitSuggestionHead(partFeatures, partLabels, classes, onIteration)
          const predicted = predictSoftmaxRegression(heldFeatures, head)
          point.fitTo += part.length / folds
          held.forEach((row, place) => {
            const values = predicted.subarray(place * classes, (place + 1) * classes)
            point.right += Number(indexOfLargest(values) === labels[row])
            if (point.share === 1) probabilities.set(values, row * classes)
          })
        } finally {
          partFeatures.dispose()
        }
        onFit?.()
      }
    } finally {
      heldFeatures.dispose()
    }
  }
  const curve = points.map(({ fitTo, right }) => ({ labels: Math.round(fitTo), accuracy: right / rows }))
  return { probabilities, accuracy: curve.at(-1)?.accuracy ?? 0, curve }
}

/** How many heads are fit to judge by so many labels. */
export function fitsOf(labels: number): number {
  return labels < fewestToJudge ? 0 : folds * (curveShares.length + 1)
}

function indexOfLargest(values: Float32Array): number {
  let best = 0
  values.forEach((value, index) => {
    if (value > (values[best] as number)) best = index
  })
  return best
}
