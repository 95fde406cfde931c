import * as tf from '@tensorflow/tfjs-core'
import { balancedClassWeights, weightedTargets } from './losses/softmax-cross-entropy.ts'
import { minimize } from './minimize.ts'

/** A linear softmax classifier. */
export interface LinearHead {
  /** `[features, classes]` */
  readonly kernel: Float32Array
  /** `[classes]` */
  readonly bias: Float32Array
}

export interface SoftmaxRegressionOptions {
  readonly classes: number
  /** Factor of half the sum of squared kernel values, against the mean loss of an image. */
  readonly l2: number
  /** At most so many steps of the minimiser. */
  readonly iterations?: number
  /** Called after each step: may wait, and may throw to end it. */
  readonly onIteration?: () => Promise<void>
}

/** Of the gradient: far below what changes a class. */
const tolerance = 1e-5

/**
 * Fits a softmax regression to all rows at once: mean cross-entropy, in which every class that occurs weighs the same, plus an L2 penalty on
 * the kernel. The minimum is unique, so the answer does not depend on where it starts.
 *
 * @param features `[rows, features]`, float32; stays the caller's
 * @param labels `[rows]`, 0 to `classes` - 1
 */
export async function fitSoftmaxRegression(
  features: tf.Tensor2D,
  labels: readonly number[],
  { classes, l2, iterations = 200, onIteration }: SoftmaxRegressionOptions,
): Promise<LinearHead> {
  const [rows, width] = features.shape
  const targets = weightedTargets(labels, classes, balancedClassWeights(labels, classes))
  const truth = tf.tensor2d(targets, [rows, classes])
  const weight = tf.sum(truth, 1, true)
  const kernelLength = width * classes
  const evaluate = (point: Float64Array) => {
    const [loss, kernelGradient, biasGradient] = tf.tidy(() => {
      const { kernel, bias } = tensorsOf(point, width, classes)
      const logits = tf.add(tf.matMul(features, kernel), bias)
      const logProbabilities = tf.logSoftmax(logits)
      const logLikelihood = tf.sum(tf.mul(truth, logProbabilities))
      const difference = tf.sub(tf.mul(tf.exp(logProbabilities), weight), truth) as tf.Tensor2D
      return [tf.neg(logLikelihood), tf.matMul(features, difference, true), tf.sum(difference, 0)]
    })
    const gradient = new Float64Array(point.length)
    gradient.set(kernelGradient.dataSync())
    gradient.set(biasGradient.dataSync(), kernelLength)
    let value = loss.dataSync()[0] as number
    tf.dispose([loss, kernelGradient, biasGradient])
    for (let index = 0; index < kernelLength; index += 1) {
      const each = point[index] as number
      value += (l2 / 2) * each * each
      gradient[index] = (gradient[index] as number) + l2 * each
    }
    return { value, gradient }
  }
  try {
    const start = new Float64Array(kernelLength + classes)
    const point = await minimize(evaluate, start, { iterations, tolerance, onIteration })
    return {
      kernel: Float32Array.from(point.subarray(0, kernelLength)),
      bias: Float32Array.from(point.subarray(kernelLength)),
    }
  } finally {
    tf.dispose([truth, weight])
  }
}

/**
 * Class probabilities of rows.
 *
 * @param features `[rows, features]`, float32; stays the caller's
 * @returns float32 `[rows, classes]`
 */
export function predictSoftmaxRegression(features: tf.Tensor2D, { kernel, bias }: LinearHead): Float32Array {
  const width = features.shape[1]
  const probabilities = tf.tidy(() =>
    tf.softmax(tf.add(tf.matMul(features, tf.tensor2d(kernel, [width, bias.length])), tf.tensor1d(bias))),
  )
  const values = probabilities.dataSync() as Float32Array
  probabilities.dispose()
  return values
}

function tensorsOf(
  point: Float64Array,
  width: number,
  classes: number,
): { kernel: tf.Tensor2D; bias: tf.Tensor1D } {
  const values = Float32Array.from(point)
  return {
    kernel: tf.tensor2d(values.subarray(0, width * classes), [width, classes]),
    bias: tf.tensor1d(values.subarray(width * classes)),
  }
}
