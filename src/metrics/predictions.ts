import { AppError } from '../contract/errors.ts'
import type { ConfusionMatrix } from './confusion-matrix.ts'

/** Predictions of a set of images, ready for statistics of any kind. */
export interface Predictions {
  readonly classes: number
  readonly examples: number
  /** float32 `[examples, classes]`, row by row. */
  readonly probabilities: Float32Array
  /** `[examples]`, the true classes. */
  readonly labels: Int32Array
  /** `[examples]`, the classes of the highest probability; of equal ones the first. */
  readonly predicted: Int32Array
  /** The examples in falling order of the probability of a class; kept after the first call. */
  readonly rankedBy: (classIndex: number) => Uint32Array
  /** `matrix[truth][predicted]`; that of the last multiplicities is kept. */
  readonly confusion: (multiplicities: Multiplicities) => ConfusionMatrix
}

/**
 * How often each example counts, `[examples]`: 1 for all in the data as they are, 0, 1, 2 … in a bootstrap sample. Null: all once.
 */
export type Multiplicities = ArrayLike<number> | null

/** A number that sums up predictions. NaN where it is not defined, as without examples. */
export type Statistic = (predictions: Predictions, multiplicities: Multiplicities) => number

/**
 * @param probabilities `[examples, classes]`, row by row
 * @param labels `[examples]`, 0 to classes - 1
 * @throws AppError 'internal' where lengths or labels do not fit; 'loss-not-finite' where a probability is not a number
 */
export function makePredictions(
  probabilities: Float32Array,
  labels: ArrayLike<number>,
  classes: number,
): Predictions {
  const examples = labels.length
  if (probabilities.length !== examples * classes) {
    throw new AppError(
      'internal',
      `${examples} labels of ${classes} classes need ${examples * classes} probabilities; there are ${probabilities.length}.`,
    )
  }
  const truth = new Int32Array(examples)
  const predicted = new Int32Array(examples)
  for (let row = 0; row < examples; row += 1) {
    const label = labels[row] ?? -1
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw new AppError('internal', `A label should be 0 to ${classes - 1}; it is ${label}.`, { label })
    }
    truth[row] = label
    predicted[row] = highest(probabilities, row * classes, classes)
  }
  const rankings = new Map<number, Uint32Array>()
  let latest: { multiplicities: Multiplicities; matrix: ConfusionMatrix } | undefined
  return {
    classes,
    examples,
    probabilities,
    labels: truth,
    predicted,
    rankedBy(classIndex) {
      const known = rankings.get(classIndex)
      if (known !== undefined) return known
      const ranking = rank(probabilities, classIndex, classes, examples)
      rankings.set(classIndex, ranking)
      return ranking
    },
    confusion(multiplicities) {
      if (latest?.multiplicities !== multiplicities) {
        latest = { multiplicities, matrix: countPairs(truth, predicted, classes, multiplicities) }
      }
      return latest.matrix
    },
  }
}

/** Numbers below it take the rows; what is left of 53 bits takes a float's. */
const rowRange = 2 ** 22

/** Rows by falling value of a column, equal ones in their order. A native sort of plain numbers is several times as fast as one that compares. */
function rank(values: Float32Array, column: number, columns: number, rows: number): Uint32Array {
  const value = new Float32Array(1)
  const bits = new Uint32Array(value.buffer)
  if (rows > rowRange) {
    const at = (row: number): number => values[row * columns + column] as number
    return Uint32Array.from({ length: rows }, (_, row) => row).sort((a, b) => at(b) - at(a) || a - b)
  }
  const keys = Float64Array.from({ length: rows }, (_, row) => {
    value[0] = values[row * columns + column] as number
    // Of numbers from 0 to 1 the bits are in the order of the values; those of 1 are below 2^30.
    return (2 ** 30 - (bits[0] as number)) * rowRange + row
  }).sort()
  return Uint32Array.from(keys, (key) => key % rowRange)
}

function countPairs(
  truth: Int32Array,
  predicted: Int32Array,
  classes: number,
  multiplicities: Multiplicities,
): ConfusionMatrix {
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0))
  for (let row = 0; row < truth.length; row += 1) {
    const counts = matrix[truth[row] as number] as number[]
    const column = predicted[row] as number
    counts[column] =
      (counts[column] as number) + (multiplicities === null ? 1 : (multiplicities[row] as number))
  }
  return matrix
}

/**
 * The index of the highest of `classes` values from `start` on; of equal ones the first.
 *
 * @throws AppError 'loss-not-finite' where one is not a number
 */
export function highest(probabilities: Float32Array, start: number, classes: number): number {
  let best = 0
  let bestProbability = -Infinity
  for (let index = 0; index < classes; index += 1) {
    const probability = probabilities[start + index] ?? NaN
    if (Number.isNaN(probability)) {
      throw new AppError(
        'loss-not-finite',
        'A prediction is not a number: the network has diverged. Train again with a smaller learning rate.',
      )
    }
    if (probability > bestProbability) {
      best = index
      bestProbability = probability
    }
  }
  return best
}
