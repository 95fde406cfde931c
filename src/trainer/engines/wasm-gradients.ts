import * as tf from '@tensorflow/tfjs-core'

interface ConvolutionAttributes {
  readonly strides: number | [number, number]
  readonly dilations?: number | [number, number]
  readonly pad: Parameters<typeof tf.backend_util.computeConv2DInfo>[4]
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil'
}

type Shape4d = [number, number, number, number]
type Info = ReturnType<typeof tf.backend_util.computeConv2DInfo>

/**
 * Gives the WebAssembly backend the gradients of convolutions that it lacks, composed of what it has: products of matrices, and depthwise
 * convolutions forward. Safe to call again.
 */
export function registerWasmGradients(): void {
  const kernels = {
    Conv2DBackpropFilter: kernelGradient,
    DepthwiseConv2dNativeBackpropFilter: depthwiseKernelGradient,
    DepthwiseConv2dNativeBackpropInput: depthwiseInputGradient,
  }
  for (const [kernelName, compute] of Object.entries(kernels)) {
    if (tf.getKernel(kernelName, 'wasm')) continue
    tf.registerKernel({
      kernelName,
      backendName: 'wasm',
      kernelFunc: ({ inputs, attrs }) =>
        tf.tidy(() => compute(inputs as Record<string, tf.Tensor4D>, attrs as never)),
    })
  }
}

/** For each position in the window: (input there)^T times the slopes. */
function kernelGradient(
  { x, dy }: Record<string, tf.Tensor4D>,
  attributes: ConvolutionAttributes & { filterShape: Shape4d },
): tf.Tensor {
  const info = infoOf((x as tf.Tensor4D).shape, attributes.filterShape, attributes, false)
  const positions = info.batchSize * info.outHeight * info.outWidth
  const slopes = tf.reshape(dy as tf.Tensor4D, [positions, info.outChannels])
  // Channels first, once, so that each product below is of plain matrices.
  const channelsFirst = tf.transpose(padded(x as tf.Tensor4D, info), [3, 0, 1, 2])
  const products = windowPositions(info).map(([row, column]) => {
    const under = tf.stridedSlice(
      channelsFirst,
      [0, 0, row, column],
      [info.inChannels, info.batchSize, ...windowEnd(info, row, column)],
      [1, 1, info.strideHeight, info.strideWidth],
    )
    return tf.matMul(tf.reshape(under, [info.inChannels, positions]), slopes)
  })
  return tf.reshape(tf.concat(products, 0), attributes.filterShape)
}

/** For each position in the window: the sum of the input there times the slopes, channel by channel. */
function depthwiseKernelGradient(
  { x, dy }: Record<string, tf.Tensor4D>,
  attributes: ConvolutionAttributes & { filterShape: Shape4d },
): tf.Tensor {
  const [, , channels, multiplier] = attributes.filterShape
  const info = infoOf((x as tf.Tensor4D).shape, attributes.filterShape, attributes, true)
  const positions = info.batchSize * info.outHeight * info.outWidth
  const slopes = tf.reshape(dy as tf.Tensor4D, [positions, channels, multiplier])
  const input = padded(x as tf.Tensor4D, info)
  // A product with ones, as the backend's own sum along positions would first turn the map around.
  const ones = tf.ones([1, positions])
  const sums = windowPositions(info).map(([row, column]) => {
    const under = tf.stridedSlice(
      input,
      [0, row, column, 0],
      [info.batchSize, ...windowEnd(info, row, column), channels],
      [1, info.strideHeight, info.strideWidth, 1],
    )
    const product = tf.mul(tf.reshape(under, [positions, channels, 1]), slopes)
    return tf.matMul(ones, tf.reshape(product, [positions, channels * multiplier]))
  })
  return tf.reshape(tf.concat(sums, 0), attributes.filterShape)
}

/** A depthwise convolution of the slopes, spread by the strides, with the kernel turned around. */
function depthwiseInputGradient(
  { dy, filter }: Record<string, tf.Tensor4D>,
  attributes: ConvolutionAttributes & { inputShape: Shape4d },
): tf.Tensor {
  const kernel = filter as tf.Tensor4D
  const [height, width, channels, multiplier] = kernel.shape
  const info = infoOf(attributes.inputShape, kernel.shape, attributes, true)
  const turned = tf.reverse(kernel, [0, 1])
  const slopes = tf.reshape(dy as tf.Tensor4D, [-1, channels, multiplier])
  const parts = Array.from({ length: multiplier }, (_, index) => {
    const part = tf.slice(slopes, [0, 0, index], [-1, -1, 1])
    const shaped = tf.reshape(part, [info.batchSize, info.outHeight, info.outWidth, channels])
    const spread = spreadRows(spreadColumns(shaped as tf.Tensor4D, info.strideWidth), info.strideHeight)
    const { top, left } = info.padInfo
    const framed = frame(spread, height - 1 - top, width - 1 - left, [
      info.inHeight + height - 1,
      info.inWidth + width - 1,
    ])
    const one = tf.slice(turned, [0, 0, 0, index], [-1, -1, -1, 1])
    return tf.depthwiseConv2d(framed, one, 1, 'valid')
  })
  return tf.addN(parts)
}

function infoOf(
  input: Shape4d,
  filter: Shape4d,
  { strides, dilations = 1, pad, dimRoundingMode }: ConvolutionAttributes,
  depthwise: boolean,
): Info {
  return tf.backend_util.computeConv2DInfo(input, filter, strides, dilations, pad, dimRoundingMode, depthwise)
}

function padded(x: tf.Tensor4D, { padInfo }: Info): tf.Tensor4D {
  const { top, bottom, left, right } = padInfo
  if (top + bottom + left + right === 0) return x
  return tf.pad(x, [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ])
}

function windowPositions({ filterHeight, filterWidth }: Info): [row: number, column: number][] {
  return Array.from({ length: filterHeight * filterWidth }, (_, index) => [
    Math.floor(index / filterWidth),
    index % filterWidth,
  ])
}

function windowEnd(info: Info, row: number, column: number): [number, number] {
  return [
    row + (info.outHeight - 1) * info.strideHeight + 1,
    column + (info.outWidth - 1) * info.strideWidth + 1,
  ]
}

/** Puts `stride - 1` zeros behind each column. */
function spreadColumns(x: tf.Tensor4D, stride: number): tf.Tensor4D {
  if (stride === 1) return x
  const [batch, height, width, channels] = x.shape
  const columns = tf.reshape(x, [batch * height * width, 1, channels])
  const spread = tf.pad(columns, [
    [0, 0],
    [0, stride - 1],
    [0, 0],
  ])
  return tf.reshape(spread, [batch, height, width * stride, channels])
}

function spreadRows(x: tf.Tensor4D, stride: number): tf.Tensor4D {
  if (stride === 1) return x
  const [batch, height, width, channels] = x.shape
  const rows = tf.reshape(x, [batch * height, 1, width * channels])
  const spread = tf.pad(rows, [
    [0, 0],
    [0, stride - 1],
    [0, 0],
  ])
  return tf.reshape(spread, [batch, height * stride, width, channels])
}

/** Moves a map by `top` and `left` pixels into a frame of `size`: padded with zeros, or cut where it sticks out. */
function frame(x: tf.Tensor4D, top: number, left: number, size: [number, number]): tf.Tensor4D {
  const [, height, width] = x.shape
  const bottom = size[0] - height - top
  const right = size[1] - width - left
  const cut = (pixels: number): number => Math.max(0, -pixels)
  const kept = tf.slice(
    x,
    [0, cut(top), cut(left), 0],
    [-1, height - cut(top) - cut(bottom), width - cut(left) - cut(right), -1],
  )
  return tf.pad(kept, [
    [0, 0],
    [Math.max(0, top), Math.max(0, bottom)],
    [Math.max(0, left), Math.max(0, right)],
    [0, 0],
  ])
}
