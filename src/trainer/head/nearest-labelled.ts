import * as tf from '@tensorflow/tfjs-core'

const neighbours = 5
/** Of similarities: a neighbour at the angle of an identical picture outweighs one at a right angle e^10 times. */
const sharpness = 10

/**
 * Class shares of the nearest labelled rows, nearer ones counting more: where there are too few labels for a head.
 *
 * @param features `[rows, width]`, rows of length 1; stays the caller's
 * @param labelled `[labels.length, width]` likewise
 * @param leaveOut for each row of `features` a row of `labelled` that is the same image, or -1
 * @returns float32 `[rows, classes]`; zeros where no other labelled image is left
 */
export function predictByNearest(
  features: tf.Tensor2D,
  labelled: tf.Tensor2D,
  labels: readonly number[],
  classes: number,
  leaveOut: readonly number[],
): Float32Array {
  const product = tf.matMul(features, labelled, false, true)
  const similarities = product.dataSync()
  product.dispose()
  const count = labels.length
  const probabilities = new Float32Array(leaveOut.length * classes)
  leaveOut.forEach((same, row) => {
    const order = labels
      .map((_, place) => place)
      .filter((place) => place !== same)
      .sort((a, b) => (similarities[row * count + b] as number) - (similarities[row * count + a] as number))
      .slice(0, neighbours)
    const weights = order.map((place) => Math.exp(sharpness * (similarities[row * count + place] as number)))
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    order.forEach((place, index) => {
      const target = row * classes + (labels[place] as number)
      probabilities[target] = (probabilities[target] as number) + (weights[index] as number) / total
    })
  })
  return probabilities
}
