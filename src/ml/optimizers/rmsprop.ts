import { optimizers } from '../../models/training/optimizers.ts'
import { nativeKernels } from '../native/kernels.ts'
import type { UpdateRule } from './optimizer.ts'

/**
 * RMSprop, as in PyTorch: the gradient over the root of its mean square, epsilon added outside the root; with momentum, that quotient
 * gathers in a velocity.
 *
 * @see https://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf, slide 29
 */
export const rmsprop: UpdateRule = {
  slotsOf: ({ momentum }) => (momentum > 0 ? ['meanSquare', 'velocity'] : ['meanSquare']),
  update(parameter, gradient, [meanSquare, velocity], { learningRate, momentum, weightDecay }) {
    const { decay, epsilon } = optimizers.rmsprop
    const kept = meanSquare as Float32Array
    const kernels = nativeKernels()
    if (kernels !== null) {
      const numbers = Float64Array.of(learningRate, momentum, weightDecay, decay, epsilon)
      kernels.rmsprop(numbers, parameter, gradient, kept, ...(velocity === undefined ? [] : [velocity]))
      return
    }
    for (let index = 0; index < parameter.length; index += 1) {
      const value = parameter[index] as number
      const slope = (gradient[index] as number) + weightDecay * value
      const square = decay * (kept[index] as number) + (1 - decay) * slope * slope
      kept[index] = square
      let change = slope / (Math.sqrt(square) + epsilon)
      if (velocity !== undefined) {
        change += momentum * (velocity[index] as number)
        velocity[index] = change
      }
      parameter[index] = value - learningRate * change
    }
  },
}
