import { AppError } from '../contract/errors.ts'
import { highest, makePredictions, type Statistic } from './predictions.ts'

/** A metric that is given predictions in batches of any size and in the end tells its value, which does not depend on the batches. */
export interface Accumulator<Value> {
  /**
   * @param probabilities `[batch, classes]`, row by row
   * @param labels `[batch]`, the true class of each row, 0 to classes - 1
   * @throws AppError 'internal' where lengths or labels do not fit; 'loss-not-finite' where a probability is not a number
   */
  readonly update: (probabilities: Float32Array, labels: ArrayLike<number>) => void
  /** The value over all that was given so far. */
  readonly result: () => Value
}

/** One example of a batch. */
export interface Example {
  /** The true class. */
  readonly label: number
  /** The class of the highest probability; of equal ones the first. */
  readonly predicted: number
  /** The probability given to the true class. */
  readonly probability: number
}

/** An accumulator from a step for each example. */
export function accumulate<Value>(
  classes: number,
  add: (example: Example) => void,
  result: () => Value,
): Accumulator<Value> {
  const update = (probabilities: Float32Array, labels: ArrayLike<number>): void => {
    if (probabilities.length !== labels.length * classes) {
      throw new AppError(
        'internal',
        `${labels.length} labels of ${classes} classes need ${labels.length * classes} probabilities; there are ${probabilities.length}.`,
      )
    }
    for (let row = 0; row < labels.length; row += 1) {
      const label = labels[row] ?? -1
      if (!Number.isInteger(label) || label < 0 || label >= classes) {
        throw new AppError('internal', `A label should be 0 to ${classes - 1}; it is ${label}.`, { label })
      }
      const predicted = highest(probabilities, row * classes, classes)
      add({ label, predicted, probability: probabilities[row * classes + label] ?? 0 })
    }
  }
  return { update, result }
}

/**
 * An accumulator of a statistic that needs all predictions at once: it keeps them until the end, 4 bytes for each class of each example.
 */
export function collect(statistic: Statistic): (classes: number) => Accumulator<number> {
  return (classes) => {
    const batches: Float32Array[] = []
    const labels: number[] = []
    return {
      update(probabilities, batchLabels) {
        // Refuses what does not fit at once, with the batch that it came in.
        makePredictions(probabilities, batchLabels, classes)
        batches.push(Float32Array.from(probabilities))
        for (let row = 0; row < batchLabels.length; row += 1) labels.push(batchLabels[row] as number)
      },
      result() {
        const all = new Float32Array(labels.length * classes)
        let offset = 0
        for (const batch of batches) {
          all.set(batch, offset)
          offset += batch.length
        }
        return statistic(makePredictions(all, labels, classes), null)
      },
    }
  }
}
