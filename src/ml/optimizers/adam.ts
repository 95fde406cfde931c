import { optimizers } from '../../models/training/optimizers.ts'
import { nativeKernels } from '../native/kernels.ts'
import type { UpdateRule } from './optimizer.ts'

/**
 * Adam, as in PyTorch: epsilon is added after the second moment was corrected for its start at zero; decay is part of the gradient.
 *
 * @see https://arxiv.org/abs/1412.6980, algorithm 1
 */
export const adam: UpdateRule = adamRule(optimizers.adam, false)

/**
 * Adam with weight decay apart from the gradient: each step first shrinks the parameter by rate * weightDecay.
 *
 * @see https://arxiv.org/abs/1711.05101, algorithm 2
 */
export const adamw: UpdateRule = adamRule(optimizers.adamw, true)

function adamRule(
  { beta1, beta2, epsilon }: { beta1: number; beta2: number; epsilon: number },
  decaysApart: boolean,
): UpdateRule {
  return {
    slotsOf: () => ['firstMoment', 'secondMoment'],
    update(parameter, gradient, [first, second], { learningRate, step, weightDecay }) {
      const firstMoment = first as Float32Array
      const secondMoment = second as Float32Array
      const rate = learningRate / (1 - beta1 ** step)
      const correction = 1 / (1 - beta2 ** step)
      const shrink = decaysApart ? 1 - learningRate * weightDecay : 1
      const coupled = decaysApart ? 0 : weightDecay
      const kernels = nativeKernels()
      if (kernels !== null) {
        const numbers = Float64Array.of(rate, correction, beta1, beta2, epsilon, shrink, coupled)
        kernels.adam(numbers, parameter, gradient, firstMoment, secondMoment)
        return
      }
      for (let index = 0; index < parameter.length; index += 1) {
        const value = parameter[index] as number
        const slope = (gradient[index] as number) + coupled * value
        const mean = beta1 * (firstMoment[index] as number) + (1 - beta1) * slope
        const square = beta2 * (secondMoment[index] as number) + (1 - beta2) * slope * slope
        firstMoment[index] = mean
        secondMoment[index] = square
        parameter[index] = value * shrink - (rate * mean) / (Math.sqrt(square * correction) + epsilon)
      }
    },
  }
}
