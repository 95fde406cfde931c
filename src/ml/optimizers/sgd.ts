import * as tf from '@tensorflow/tfjs-core'
import { optimizers } from '../../models/training/optimizers.ts'
import type { UpdateRule } from './optimizer.ts'

/**
 * Gradient descent with classical momentum: velocity = momentum * velocity + gradient; parameter -= rate * velocity.
 *
 * @see https://proceedings.mlr.press/v28/sutskever13.html; the rate multiplies outside, as in PyTorch
 */
export const sgd: UpdateRule = {
  slots: ['velocity'],
  update(parameter, gradient, [velocity], learningRate) {
    const next = tf.add(tf.mul(velocity as tf.Tensor, optimizers.sgd.momentum), gradient)
    return [tf.sub(parameter, tf.mul(next, learningRate)), next]
  },
}
