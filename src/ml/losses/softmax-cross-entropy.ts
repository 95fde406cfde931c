import * as tf from '@tensorflow/tfjs-core'

/**
 * Softmax and cross-entropy in one: the sum of `-targets * log(softmax(logits))`, with the gradient `softmax * rowSum(targets) - targets`,
 * which never divides by a probability.
 *
 * @param logits float32 `[batch, classes]`
 * @param targets float32 `[batch, classes]`, from {@link weightedTargets}
 * @returns a scalar on the gradient's tape; only `logits` has a gradient
 */
export function softmaxCrossEntropy(logits: tf.Tensor2D, targets: tf.Tensor2D): tf.Scalar {
  const compute = tf.customGrad((...args) => {
    const [input] = args as unknown as [tf.Tensor2D]
    const save = args[1] as unknown as tf.GradSaveFunc
    const logProbabilities = tf.logSoftmax(input)
    const value = tf.neg(tf.sum(tf.mul(logProbabilities, targets)))
    save([logProbabilities, targets])
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [savedLogs, savedTargets] = saved as [tf.Tensor2D, tf.Tensor2D]
      const mass = tf.sum(savedTargets, 1, true)
      return tf.mul(dy, tf.sub(tf.mul(tf.exp(savedLogs), mass), savedTargets))
    }
    return { value, gradFunc }
  })
  return compute(logits) as tf.Scalar
}

/**
 * The same loss and gradient by plain loops: for logits that are in memory anyway, as a step reports them.
 *
 * @param logits `[batch, classes]`
 * @param targets `[batch, classes]`, from {@link weightedTargets}
 * @returns the loss, and its gradient by the logits
 */
export function differentiateCrossEntropy(
  logits: Float32Array,
  targets: Float32Array,
  classes: number,
): { loss: number; slopes: Float32Array } {
  const slopes = new Float32Array(logits.length)
  let loss = 0
  for (let start = 0; start < logits.length; start += classes) {
    let highest = -Infinity
    let mass = 0
    for (let index = start; index < start + classes; index += 1) {
      highest = Math.max(highest, logits[index] as number)
      mass += targets[index] as number
    }
    let sum = 0
    for (let index = start; index < start + classes; index += 1) {
      sum += Math.exp((logits[index] as number) - highest)
    }
    const logSum = Math.log(sum) + highest
    for (let index = start; index < start + classes; index += 1) {
      const logProbability = (logits[index] as number) - logSum
      const target = targets[index] as number
      if (target !== 0) loss -= target * logProbability
      slopes[index] = Math.exp(logProbability) * mass - target
    }
  }
  return { loss, slopes }
}

/**
 * One row for each example with its class's weight divided by the number of examples, so that the loss is the mean of
 * `weight * cross-entropy` over the batch (Keras's `class_weight`).
 *
 * @param labels class indexes
 * @param classWeights `[classes]`; absent: 1 each
 * @param smoothing the share of a target that is spread evenly over all classes (https://arxiv.org/abs/1512.00567, section 7)
 * @returns float32 `[labels, classes]`, row by row
 */
export function weightedTargets(
  labels: ArrayLike<number>,
  classes: number,
  classWeights?: ArrayLike<number>,
  smoothing = 0,
): Float32Array {
  const targets = new Float32Array(labels.length * classes)
  for (let row = 0; row < labels.length; row += 1) {
    const label = labels[row] ?? 0
    const weight = (classWeights?.[label] ?? 1) / labels.length
    if (smoothing > 0) targets.fill((weight * smoothing) / classes, row * classes, (row + 1) * classes)
    const at = row * classes + label
    targets[at] = (targets[at] as number) + weight * (1 - smoothing)
  }
  return targets
}

/**
 * Weights that make every class count alike: images / (classes * images of the class), scikit-learn's 'balanced'. A class without
 * images has weight 0.
 */
export function balancedClassWeights(labels: ArrayLike<number>, classes: number): Float32Array {
  const counts = new Float32Array(classes)
  for (let row = 0; row < labels.length; row += 1) {
    const label = labels[row] ?? 0
    counts[label] = (counts[label] ?? 0) + 1
  }
  const present = counts.filter((count) => count > 0).length
  return counts.map((count) => (count > 0 ? labels.length / (present * count) : 0))
}
