import * as tf from '@tensorflow/tfjs-core'

/** Mean and variance of a batch, `[channels]` each; the variance is the unbiased estimate, as moving averages take it. */
export interface BatchStatistics {
  readonly mean: tf.Tensor1D
  readonly variance: tf.Tensor1D
}

/**
 * Batch normalization in training: each channel by the mean and variance of this batch, with a gradient that goes through both.
 *
 * @param x float32 `[batch, ..., channels]`
 * @returns the value, of the shape of `x`, on the gradient's tape; and the statistics, which are kept: whoever takes them disposes them
 * @see https://arxiv.org/abs/1502.03167, and TensorFlow's FusedBatchNormV3 for the unbiased moving variance
 */
export function normalizeBatch(
  x: tf.Tensor,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  epsilon: number,
): { value: tf.Tensor; statistics: BatchStatistics } {
  let statistics: BatchStatistics | undefined
  const axes = x.shape.slice(0, -1).map((_, axis) => axis)
  const count = x.size / gamma.size
  // By hand: on the tape each small step would keep its own map in memory until the gradient is taken.
  const normalize = tf.customGrad((...args) => {
    const [input, scale, offset] = args as tf.Tensor[] as [tf.Tensor, tf.Tensor1D, tf.Tensor1D]
    const save = args[3] as unknown as tf.GradSaveFunc
    const { mean, variance } = tf.moments(input, axes)
    const inverse = tf.rsqrt(tf.add(variance, epsilon))
    statistics = {
      mean: tf.keep(tf.clone(mean)) as tf.Tensor1D,
      variance: tf.keep(tf.mul(variance, count / Math.max(count - 1, 1))) as tf.Tensor1D,
    }
    const factor = tf.mul(scale, inverse)
    const value = tf.add(tf.mul(input, factor), tf.sub(offset, tf.mul(mean, factor)))
    save([input, scale, mean, inverse])
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [savedInput, savedScale, savedMean, savedInverse] = saved as [
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
      ]
      const normalized = tf.mul(tf.sub(savedInput, savedMean), savedInverse)
      const dBeta = tf.sum(dy, axes)
      const dGamma = tf.sum(tf.mul(dy, normalized), axes)
      const centred = tf.sub(dy, tf.add(tf.div(dBeta, count), tf.mul(normalized, tf.div(dGamma, count))))
      return [tf.mul(centred, tf.mul(savedScale, savedInverse)), dGamma, dBeta]
    }
    return { value, gradFunc }
  })
  const value = normalize(x, gamma, beta)
  if (statistics === undefined) throw new Error('Batch normalization gave no statistics.')
  return { value, statistics }
}
