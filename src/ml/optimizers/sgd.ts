import { nativeKernels } from '../native/kernels.ts'
import type { UpdateRule } from './optimizer.ts'

/**
 * Gradient descent with momentum: velocity = momentum * velocity + gradient; parameter -= rate * velocity. Nesterov's looks ahead:
 * parameter -= rate * (gradient + momentum * velocity).
 *
 * @see https://proceedings.mlr.press/v28/sutskever13.html; the rate multiplies outside, as in PyTorch
 */
export const sgd: UpdateRule = {
  slotsOf: ({ momentum }) => (momentum > 0 ? ['velocity'] : []),
  update(parameter, gradient, [velocity], { learningRate, momentum, nesterov, weightDecay }) {
    const kernels = nativeKernels()
    if (kernels !== null) {
      const numbers = Float64Array.of(learningRate, momentum, weightDecay, Number(nesterov))
      kernels.sgd(numbers, parameter, gradient, ...(velocity === undefined ? [] : [velocity]))
      return
    }
    if (velocity === undefined) {
      for (let index = 0; index < parameter.length; index += 1) {
        const value = parameter[index] as number
        parameter[index] = value - learningRate * ((gradient[index] as number) + weightDecay * value)
      }
      return
    }
    for (let index = 0; index < parameter.length; index += 1) {
      const value = parameter[index] as number
      const slope = (gradient[index] as number) + weightDecay * value
      const next = momentum * (velocity[index] as number) + slope
      velocity[index] = next
      parameter[index] = value - learningRate * (nesterov ? slope + momentum * next : next)
    }
  },
}
