import * as tf from '@tensorflow/tfjs-core'

/** Some rows of a matrix, on the engine, in their order. The caller disposes of them. */
export function gatherRows(matrix: tf.Tensor2D, rows: readonly number[]): tf.Tensor2D {
  return tf.tidy(() => tf.gather(matrix, tf.tensor1d(Int32Array.from(rows), 'int32')))
}
