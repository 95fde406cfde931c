import * as tf from '@tensorflow/tfjs-core'
import type { JobContext } from '../job-context.ts'
import { readInBatches } from '../records/read-in-batches.ts'
import type { RecordSource } from '../records/record-source.ts'
import { normalizedRows } from './feature-rows.ts'

/** Features are read so many images at a time. */
export const readAtOnce = 512

/** Rows of labelled images, on the engine. */
export interface LabelledRows {
  /** Positions among all images, one for each row. */
  readonly positions: readonly number[]
  readonly labels: readonly number[]
  /** `[positions.length, width]`, of length 1 each */
  readonly features: tf.Tensor2D
}

/**
 * The features of the labelled images that can be read. The caller disposes of them.
 *
 * @param labels of each image; -1: unlabelled
 * @param mean `[width]`, as `meanFeature` gives
 * @throws AppError 'cancelled'
 */
export async function readLabelledRows(
  source: RecordSource,
  labels: readonly number[],
  mean: Float32Array,
  context: JobContext,
): Promise<LabelledRows> {
  const wanted = labels.flatMap((label, position) => (label >= 0 ? [position] : []))
  const positions: number[] = []
  const pieces: Float32Array[] = []
  for await (const { rows, input } of readInBatches(source, wanted, readAtOnce, context)) {
    positions.push(...rows)
    pieces.push(normalizedRows(input, mean))
  }
  const all = new Float32Array(positions.length * mean.length)
  let offset = 0
  for (const piece of pieces) {
    all.set(piece, offset)
    offset += piece.length
  }
  return {
    positions,
    labels: positions.map((position) => labels[position] as number),
    features: tf.tensor2d(all, [positions.length, mean.length]),
  }
}

/** Puts each row of `values` where `positions` has it in `out`. Both have rows of `width` values. */
export function scatterRows(
  values: Float32Array,
  positions: readonly number[],
  out: Float32Array,
  width: number,
): void {
  positions.forEach((position, row) =>
    out.set(values.subarray(row * width, (row + 1) * width), position * width),
  )
}
