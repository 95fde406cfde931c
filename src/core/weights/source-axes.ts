import type { Backbone, Convention } from '../../models/backbone.ts'
import type { ParameterSpec } from '../../models/shapes.ts'
import type { ForeignTensor } from './weights-file.ts'

/** One axis of a parameter, the outermost first: its length, and how many values apart its steps are in the foreign tensor. */
export interface SourceAxis {
  readonly size: number
  readonly stride: number
}

/** The shape that a convention has for a parameter. PyTorch: [out, in, height, width], [channels * multiplier, 1, height, width], [out, in]. */
export function foreignShape(convention: Convention, { role, shape }: ParameterSpec): readonly number[] {
  if (convention === 'keras') return shape
  const [a = 1, b = 1, c = 1, d = 1] = shape
  if (role === 'depthwiseKernel') return [c * d, 1, a, b]
  if (role === 'kernel' && shape.length === 4) return [d, c, a, b]
  if (role === 'kernel' && shape.length === 2) return [b, a]
  return shape
}

/**
 * How a parameter's values are found in a publisher's tensor, or null where the tensor has another shape. Axes of length 1 may be there or
 * not: a dense layer over one pixel is a convolution.
 */
export function sourceAxes(
  backbone: Backbone,
  convention: Convention,
  parameter: ParameterSpec,
  tensor: ForeignTensor,
): SourceAxis[] | null {
  const expected = foreignShape(convention, parameter)
  const strides = matchStrides(expected, tensor)
  if (strides === null) return null
  const axis = (index: number): SourceAxis => ({ size: expected[index] ?? 1, stride: strides[index] ?? 0 })
  const { role, shape, node } = parameter
  if (convention === 'keras') return shape.map((_size, index) => axis(index))
  if (role === 'depthwiseKernel') {
    const [, , channels = 1, multiplier = 1] = shape
    const { stride } = axis(0)
    return [axis(2), axis(3), { size: channels, stride: stride * multiplier }, { size: multiplier, stride }]
  }
  if (role !== 'kernel') return shape.map((_size, index) => axis(index))
  if (shape.length === 4) return [axis(2), axis(3), axis(1), axis(0)]
  const flattened = backbone.flattenedInputs?.[node]
  if (flattened === undefined) return [axis(1), axis(0)]
  // The publisher flattened [channels, height, width], and we [height, width, channels].
  const [height, width, channels] = flattened
  const { stride } = axis(1)
  return [
    { size: height, stride: stride * width },
    { size: width, stride },
    { size: channels, stride: stride * width * height },
    axis(0),
  ]
}

/** The tensor's strides on the axes that are expected of it; null where its shape does not fit. */
function matchStrides(expected: readonly number[], tensor: ForeignTensor): number[] | null {
  const { shape } = tensor
  const own = tensor.strides ?? contiguousStrides(shape)
  const long = (sizes: readonly number[]): number[] => sizes.filter((size) => size !== 1)
  if (long(shape).join() !== long(expected).join()) return null
  const longStrides = own.filter((_stride, index) => shape[index] !== 1)
  let next = 0
  return expected.map((size) => {
    if (size === 1) return 0
    next += 1
    return longStrides[next - 1] ?? 0
  })
}

function contiguousStrides(shape: readonly number[]): number[] {
  let stride = 1
  return shape
    .toReversed()
    .map((size) => {
      const own = stride
      stride *= size
      return own
    })
    .reverse()
}
