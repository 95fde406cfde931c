import { AppError } from '../contract/errors.ts'
import type { ConfusionMatrix } from './confusion-matrix.ts'
import { countThresholds, type ThresholdCounts } from './threshold-counts.ts'

/** Examples by falling score, equal ones in their order. */
export interface Ranking {
  /** `[examples]` */
  readonly rows: Uint32Array
  /** `[examples]`, the score of each, falling. */
  readonly scores: Float32Array
}

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
  /** The examples by the probability of a class; kept after the first call. */
  readonly rankedBy: (classIndex: number) => Ranking
  /** What lies above the scores of a class's examples; kept after the first call, and found several times as fast as a ranking. */
  readonly thresholdsOf: (classIndex: number) => ThresholdCounts
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
  const rankings = new Map<number, Ranking>()
  const thresholds = new Map<number, ThresholdCounts>()
  let columns: Float32Array | undefined
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
      columns ??= transpose(probabilities, examples, classes)
      const ranking = rank(columns.subarray(classIndex * examples, (classIndex + 1) * examples))
      rankings.set(classIndex, ranking)
      return ranking
    },
    thresholdsOf(classIndex) {
      const known = thresholds.get(classIndex)
      if (known !== undefined) return known
      const counts = countThresholds({ classes, examples, probabilities, labels: truth }, classIndex)
      thresholds.set(classIndex, counts)
      return counts
    },
    confusion(multiplicities) {
      if (latest?.multiplicities !== multiplicities) {
        latest = { multiplicities, matrix: countPairs(truth, predicted, classes, multiplicities) }
      }
      return latest.matrix
    },
  }
}

/** Rows that are turned together, so that both sides stay in the cache. */
const blockRows = 64

/** `[classes, examples]` of `[examples, classes]`: one class after the other is then read in order of memory. */
function transpose(values: Float32Array, examples: number, classes: number): Float32Array {
  const turned = new Float32Array(values.length)
  for (let start = 0; start < examples; start += blockRows) {
    const end = Math.min(examples, start + blockRows)
    for (let index = 0; index < classes; index += 1) {
      for (let row = start; row < end; row += 1) {
        turned[index * examples + row] = values[row * classes + index] as number
      }
    }
  }
  return turned
}

/** Numbers below it take the rows; what is left of 53 bits takes a float's. */
const rowRange = 2 ** 22

/** A native sort of plain numbers is several times as fast as one that compares. */
function rank(scores: Float32Array): Ranking {
  const examples = scores.length
  const ordered = (rows: Uint32Array): Ranking => ({
    rows,
    scores: Float32Array.from(rows, (row) => scores[row] as number),
  })
  if (examples > rowRange) {
    const at = (row: number): number => scores[row] as number
    return ordered(
      Uint32Array.from({ length: examples }, (_, row) => row).sort((a, b) => at(b) - at(a) || a - b),
    )
  }
  // Of numbers from 0 to 1 the bits are in the order of the values; those of 1 are below 2^30.
  const bits = new Uint32Array(scores.slice().buffer)
  const keys = new Float64Array(examples)
  for (let row = 0; row < examples; row += 1) keys[row] = (2 ** 30 - (bits[row] as number)) * rowRange + row
  keys.sort()
  const rows = new Uint32Array(examples)
  for (let place = 0; place < examples; place += 1) rows[place] = (keys[place] as number) % rowRange
  return ordered(rows)
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
