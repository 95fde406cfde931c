import { AppError } from '../contract/errors.ts'

/** `[height, width]`. */
export type Size2d = readonly [number, number]

/**
 * How a window treats the edges. 'same' is TensorFlow's: the output has `ceil(size / stride)` positions and an odd pixel of padding
 * goes to the bottom and right. Explicit padding is `[[top, bottom], [left, right]]` in pixels, as PyTorch's networks need.
 */
export type Padding = 'same' | 'valid' | readonly [readonly [number, number], readonly [number, number]]

/** The geometry of a convolution or pooling window. */
export interface Window2d {
  readonly kernelSize: Size2d
  readonly strides: Size2d
  readonly padding: Padding
  readonly dilation: Size2d
}

/**
 * Positions of a window along both axes of a feature map.
 *
 * @param size `[height, width]` in pixels
 * @throws AppError 'plan-invalid' where the window is larger than the padded map
 * @see https://www.tensorflow.org/api_docs/python/tf/nn#notes_on_padding_2
 */
export function windowOutputSize(size: Size2d, window: Window2d): [number, number] {
  const padding = resolvePadding(size, window)
  const along = (axis: 0 | 1): number => {
    const extent = (window.kernelSize[axis] - 1) * window.dilation[axis] + 1
    const padded = size[axis] + padding[axis][0] + padding[axis][1]
    const count = Math.floor((padded - extent) / window.strides[axis]) + 1
    if (count < 1) {
      throw new AppError(
        'plan-invalid',
        `A window of ${window.kernelSize.join('x')} does not fit a feature map of ${size.join('x')}; use a larger input size.`,
        { size: size.join('x'), kernelSize: window.kernelSize.join('x') },
      )
    }
    return count
  }
  return [along(0), along(1)]
}

/** The padding in pixels, `[[top, bottom], [left, right]]`, that a window uses on a map of `[height, width]`. */
export function resolvePadding(size: Size2d, window: Window2d): [[number, number], [number, number]] {
  if (window.padding === 'valid')
    return [
      [0, 0],
      [0, 0],
    ]
  if (window.padding !== 'same') return [[...window.padding[0]], [...window.padding[1]]]
  const along = (axis: 0 | 1): [number, number] => {
    const stride = window.strides[axis]
    const extent = (window.kernelSize[axis] - 1) * window.dilation[axis] + 1
    const total = Math.max((Math.ceil(size[axis] / stride) - 1) * stride + extent - size[axis], 0)
    return [Math.floor(total / 2), Math.ceil(total / 2)]
  }
  return [along(0), along(1)]
}
