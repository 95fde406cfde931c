import { optimizers } from '../../models/training/optimizers.ts'
import type { UpdateRule } from './optimizer.ts'

/**
 * RMSprop, as in PyTorch: the gradient over the root of its mean square, epsilon added outside the root.
 *
 * @see https://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf, slide 29
 */
export const rmsprop: UpdateRule = {
  slots: ['meanSquare'],
  update(parameter, gradient, [meanSquare], learningRate) {
    const { decay, epsilon } = optimizers.rmsprop
    const kept = meanSquare as Float32Array
    for (let index = 0; index < parameter.length; index += 1) {
      const slope = gradient[index] as number
      const square = decay * (kept[index] as number) + (1 - decay) * slope * slope
      kept[index] = square
      parameter[index] = (parameter[index] as number) - (learningRate * slope) / (Math.sqrt(square) + epsilon)
    }
  },
}
