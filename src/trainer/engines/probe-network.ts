import * as tf from '@tensorflow/tfjs-core'

/** Expansion, output channels, repeats, first stride, kernel: the blocks of EfficientNet-Lite0. */
const blocks = [
  [1, 16, 1, 1, 3],
  [6, 24, 2, 2, 3],
  [6, 40, 2, 2, 5],
  [6, 80, 3, 2, 3],
  [6, 112, 3, 1, 5],
  [6, 192, 4, 2, 5],
  [6, 320, 1, 1, 3],
] as const

/**
 * EfficientNet-Lite0's convolutions with drawn weights and no batch normalisation (folded): the same work as the
 * real one, without its file.
 * @returns a forward pass from float32 `[batch, height, width, 3]` to float32 `[batch, 1280]`, whose result the
 * caller disposes, and `dispose` for its weights.
 */
export function buildProbeNetwork(): { forward: (images: tf.Tensor4D) => tf.Tensor2D; dispose: () => void } {
  const weights: tf.Tensor[] = []
  const steps: ((input: tf.Tensor4D) => tf.Tensor4D)[] = []
  const draw = <T extends tf.Tensor>(shape: number[], fanIn: number): T => {
    const tensor = tf.randomNormal(shape, 0, Math.sqrt(2 / fanIn), 'float32', weights.length + 1)
    weights.push(tensor)
    return tensor as unknown as T
  }
  const convolution = (
    inputs: number,
    outputs: number,
    size: number,
    strides: number,
    activation: 'relu6' | 'linear',
  ) => {
    const filter = draw<tf.Tensor4D>([size, size, inputs, outputs], size * size * inputs)
    const bias = draw<tf.Tensor1D>([outputs], 1e6)
    return (x: tf.Tensor4D) => tf.fused.conv2d({ x, filter, strides, pad: 'same', bias, activation })
  }
  const depthwise = (channels: number, size: number, strides: number) => {
    const filter = draw<tf.Tensor4D>([size, size, channels, 1], size * size)
    const bias = draw<tf.Tensor1D>([channels], 1e6)
    return (x: tf.Tensor4D) =>
      tf.fused.depthwiseConv2d({ x, filter, strides, pad: 'same', bias, activation: 'relu6' })
  }

  steps.push(convolution(3, 32, 3, 2, 'relu6'))
  let channels = 32
  for (const [expansion, outputs, repeats, firstStride, size] of blocks) {
    for (let repeat = 0; repeat < repeats; repeat++) {
      const stride = repeat === 0 ? firstStride : 1
      const residual = stride === 1 && channels === outputs
      const hidden = channels * expansion
      const expand = expansion === 1 ? null : convolution(channels, hidden, 1, 1, 'relu6')
      const spatial = depthwise(hidden, size, stride)
      const project = convolution(hidden, outputs, 1, 1, 'linear')
      steps.push((x) => {
        const y = project(spatial(expand ? expand(x) : x))
        return residual ? tf.add<tf.Tensor4D>(x, y) : y
      })
      channels = outputs
    }
  }
  steps.push(convolution(channels, 1280, 1, 1, 'relu6'))
  return {
    forward: (images) =>
      tf.tidy(() =>
        tf.mean<tf.Tensor2D>(
          steps.reduce((x, step) => step(x), images),
          [1, 2],
        ),
      ),
    dispose: () => tf.dispose(weights),
  }
}
