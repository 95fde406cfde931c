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
    const { momentum } = optimizers.sgd
    const kept = velocity as Float32Array
    for (let index = 0; index < parameter.length; index += 1) {
      const next = momentum * (kept[index] as number) + (gradient[index] as number)
      kept[index] = next
      parameter[index] = (parameter[index] as number) - learningRate * next
    }
  },
}
