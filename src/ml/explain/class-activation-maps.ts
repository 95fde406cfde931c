import type { LayerGradient } from './layer-gradient.ts'

/**
 * Grad-CAM: channels weighted by the mean of their gradients, summed, of which what speaks for the class is kept.
 *
 * @returns float32 `[height, width]` of the layer, 0 or more, not yet scaled
 * @see https://arxiv.org/abs/1610.02391 (Selvaraju et al. 2017), equations 1 and 2
 */
export function gradCam({ activations, gradients, height, width, channels }: LayerGradient): Float32Array {
  const positions = height * width
  const weights = new Float64Array(channels)
  for (let index = 0; index < gradients.length; index += 1) {
    const channel = index % channels
    weights[channel] = (weights[channel] as number) + (gradients[index] as number) / positions
  }
  return weightedSum(activations, weights, positions)
}

/**
 * Grad-CAM++: as Grad-CAM, but positions count by how much each of them explains the class, so that several objects, and small ones, show.
 * The score is taken as the exponential of the logit, whose factor is the same at all positions and falls away.
 *
 * @returns float32 `[height, width]` of the layer, 0 or more, not yet scaled
 * @see https://arxiv.org/abs/1710.11063 (Chattopadhay et al. 2018), equations 5, 6 and 19
 */
export function gradCamPlusPlus({
  activations,
  gradients,
  height,
  width,
  channels,
}: LayerGradient): Float32Array {
  const positions = height * width
  const sums = new Float64Array(channels)
  for (let index = 0; index < activations.length; index += 1) {
    const channel = index % channels
    sums[channel] = (sums[channel] as number) + (activations[index] as number)
  }
  const weights = new Float64Array(channels)
  for (let index = 0; index < gradients.length; index += 1) {
    const gradient = gradients[index] as number
    if (gradient <= 0) continue
    const channel = index % channels
    // (g^2) / (2 g^2 + sum g^3), shortened by g^2.
    const denominator = 2 + (sums[channel] as number) * gradient
    if (denominator !== 0) weights[channel] = (weights[channel] as number) + gradient / denominator
  }
  return weightedSum(activations, weights, positions)
}

function weightedSum(activations: Float32Array, weights: Float64Array, positions: number): Float32Array {
  const channels = weights.length
  const map = new Float32Array(positions)
  for (let position = 0; position < positions; position += 1) {
    let sum = 0
    for (let channel = 0; channel < channels; channel += 1) {
      sum += (activations[position * channels + channel] as number) * (weights[channel] as number)
    }
    map[position] = Math.max(0, sum)
  }
  return map
}
