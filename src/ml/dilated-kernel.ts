import * as tf from '@tensorflow/tfjs-core'
import type { Window2d } from '../models/windows.ts'

/** A kernel `[height, width, channels, filters]` without dilation, and the window that goes with it. */
export interface PlainKernel {
  readonly kernel: tf.Tensor4D
  readonly window: Window2d
}

/** Whether a window has gaps between its positions. */
export function isDilated({ dilation }: Window2d): boolean {
  return dilation.some((step) => step > 1)
}

/**
 * Writes a dilation as zeros between the kernel's weights. Kernels of TensorFlow on a CPU know dilation by chance: with oneDNN
 * switched on forward, without it not at all, and those of depthwise gradients leave it out without a word.
 *
 * Differentiable: what is recorded of it leads the gradient back to the weights.
 *
 * @param kernel float32 `[height, width, channels, filters]`
 * @returns a kernel of `(size - 1) * dilation + 1` along each side, which the caller disposes, and a window of the same output
 */
export function withoutDilation(kernel: tf.Tensor4D, window: Window2d): PlainKernel {
  const [rows, columns] = window.dilation
  const [height, width, channels, filters] = kernel.shape
  const size = extentOf(window)
  const spread = tf.tidy(() => {
    const cells = tf.reshape(kernel, [height, 1, width, 1, channels * filters])
    const gaps = tf.pad(cells, [
      [0, 0],
      [0, rows - 1],
      [0, 0],
      [0, columns - 1],
      [0, 0],
    ])
    const whole: tf.Tensor4D = tf.reshape(gaps, [height * rows, width * columns, channels, filters])
    return tf.slice(whole, [0, 0, 0, 0], [...size, channels, filters])
  })
  return { kernel: spread, window: plainWindow(window) }
}

/** The window of {@link withoutDilation}'s kernel. */
export function plainWindow(window: Window2d): Window2d {
  return { ...window, kernelSize: extentOf(window), dilation: [1, 1] }
}

/**
 * The gradient by a dilated kernel out of the gradient by {@link withoutDilation}'s.
 *
 * @param gradient float32 `[height, width, channels, filters]`; not disposed
 * @returns float32 of the dilated kernel's shape, which the caller disposes
 */
export function gradientOfDilated(gradient: tf.Tensor4D, { dilation }: Window2d): tf.Tensor4D {
  return tf.stridedSlice(gradient, [0, 0, 0, 0], gradient.shape, [...dilation, 1, 1]) as tf.Tensor4D
}

function extentOf({ kernelSize, dilation }: Window2d): [number, number] {
  return [(kernelSize[0] - 1) * dilation[0] + 1, (kernelSize[1] - 1) * dilation[1] + 1]
}
