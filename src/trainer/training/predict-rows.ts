import * as tf from '@tensorflow/tfjs-core'
import type { Executor, ParameterTensors } from '../../ml/execute.ts'
import type { JobContext } from '../job-context.ts'
import { readInBatches } from '../records/read-in-batches.ts'
import type { RecordSource } from '../records/record-source.ts'

/** Predictions for some of a source's images. */
export interface RowPredictions {
  /** Positions in the source, less the images that cannot be read. */
  readonly rows: readonly number[]
  /** float32 `[rows, classes]`. */
  readonly probabilities: Float32Array
}

/** A network above the boundary, ready to predict. */
export interface Predictor {
  readonly executor: Executor
  readonly parameters: ParameterTensors
  /** Of a record, without the batch. */
  readonly shape: readonly number[]
  readonly classes: number
}

/** A batch of vectors is one small product of matrices; a batch of maps takes memory. */
const vectorBatch = 1024
const mapBatch = 16

/** Class probabilities of the images at `positions`, in that order. */
export async function predictRows(
  { executor, parameters, shape, classes }: Predictor,
  source: RecordSource,
  positions: readonly number[],
  context: JobContext,
): Promise<RowPredictions> {
  const batchSize = shape.length === 1 ? vectorBatch : mapBatch
  const kept: number[] = []
  const probabilities = new Float32Array(positions.length * classes)
  for await (const { rows, input } of readInBatches(source, positions, batchSize, context)) {
    if (rows.length === 0) continue
    const batch = tf.tensor(input, [rows.length, ...shape])
    const logits = executor.infer(batch, parameters)
    const values = (await logits.data()) as Float32Array
    tf.dispose([batch, logits])
    softmax(values, classes, probabilities.subarray(kept.length * classes))
    kept.push(...rows)
  }
  return { rows: kept, probabilities: probabilities.subarray(0, kept.length * classes) }
}

/**
 * Softmax of each row, in 64 bits.
 *
 * @param logits `[rows, classes]`
 * @param out takes as many values
 */
export function softmax(logits: Float32Array, classes: number, out: Float32Array | Float64Array): void {
  for (let start = 0; start < logits.length; start += classes) {
    let highest = -Infinity
    for (let index = start; index < start + classes; index += 1) {
      highest = Math.max(highest, logits[index] as number)
    }
    let sum = 0
    for (let index = start; index < start + classes; index += 1)
      sum += Math.exp((logits[index] as number) - highest)
    for (let index = start; index < start + classes; index += 1) {
      out[index] = Math.exp((logits[index] as number) - highest) / sum
    }
  }
}
