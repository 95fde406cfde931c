import * as tf from '@tensorflow/tfjs-core'
import { optimizers } from '../../models/training/optimizers.ts'
import type { UpdateRule } from './optimizer.ts'

/**
 * Adam, as in PyTorch: epsilon is added after the second moment was corrected for its start at zero.
 *
 * @see https://arxiv.org/abs/1412.6980, algorithm 1
 */
export const adam: UpdateRule = adamRule(optimizers.adam)

/**
 * Adam with weight decay apart from the gradient: each step first shrinks the parameter by rate * weightDecay.
 *
 * @see https://arxiv.org/abs/1711.05101, algorithm 2
 */
export const adamw: UpdateRule = adamRule(optimizers.adamw)

function adamRule(numbers: {
  beta1: number
  beta2: number
  epsilon: number
  weightDecay?: number
}): UpdateRule {
  const { beta1, beta2, epsilon, weightDecay = 0 } = numbers
  return {
    slots: ['firstMoment', 'secondMoment'],
    update(parameter, gradient, [first, second], learningRate, step) {
      const nextFirst = tf.add(tf.mul(first as tf.Tensor, beta1), tf.mul(gradient, 1 - beta1))
      const nextSecond = tf.add(tf.mul(second as tf.Tensor, beta2), tf.mul(tf.square(gradient), 1 - beta2))
      // With both corrections taken into two numbers, the map-sized passes are fewer.
      const correction = Math.sqrt(1 - beta2 ** step)
      const rate = (learningRate * correction) / (1 - beta1 ** step)
      const change = tf.div(tf.mul(nextFirst, rate), tf.add(tf.sqrt(nextSecond), epsilon * correction))
      const decayed = weightDecay === 0 ? parameter : tf.mul(parameter, 1 - learningRate * weightDecay)
      return [tf.sub(decayed, change), nextFirst, nextSecond]
    },
  }
}
