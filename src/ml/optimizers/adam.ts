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
      const firstMoment = first as Float32Array
      const secondMoment = second as Float32Array
      const rate = learningRate / (1 - beta1 ** step)
      const correction = 1 / (1 - beta2 ** step)
      const decay = 1 - learningRate * weightDecay
      for (let index = 0; index < parameter.length; index += 1) {
        const slope = gradient[index] as number
        const mean = beta1 * (firstMoment[index] as number) + (1 - beta1) * slope
        const square = beta2 * (secondMoment[index] as number) + (1 - beta2) * slope * slope
        firstMoment[index] = mean
        secondMoment[index] = square
        parameter[index] =
          (parameter[index] as number) * decay - (rate * mean) / (Math.sqrt(square * correction) + epsilon)
      }
    },
  }
}
