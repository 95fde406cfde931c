import * as tf from '@tensorflow/tfjs-core'
import type { Window2d } from '../../models/windows.ts'
import { resolvePadding } from '../../models/windows.ts'
import { runNativeForOne, type NativeAttributes } from './backend.ts'
import { nativeKernels } from './kernels.ts'

/**
 * Max pooling with padding in pixels by TensorFlow's own kernel, which saves a padded copy of the map; TensorFlow.js hands on only
 * 'same' and 'valid'. For the native engine only, and not for dilated windows; no gradient is recorded.
 *
 * @param x float32 `[batch, height, width, channels]`
 * @returns float32, which the caller disposes
 */
export function poolMaximum(x: tf.Tensor4D, window: Window2d): tf.Tensor4D {
  return runNativeForOne('MaxPool', attributesOf(x, window), [x])
}

/** The gradient of {@link poolMaximum}, of the shape of `x`; the caller disposes it. @param output its value */
export function poolGradient(
  x: tf.Tensor4D,
  output: tf.Tensor4D,
  dy: tf.Tensor4D,
  window: Window2d,
): tf.Tensor4D {
  if (nativeKernels() === null)
    return runNativeForOne('MaxPoolGrad', attributesOf(x, window), [x, output, dy])
  const attributes = {
    window: { integers: window.kernelSize },
    strides: { integers: window.strides },
    padding: { integers: resolvePadding([x.shape[1], x.shape[2]], window).flat() },
  }
  return runNativeForOne('ThawMaxPoolGradient', attributes, [x, output, dy])
}

/** {@link poolMaximum} with its gradient recorded. */
export function nativeMaxPool(x: tf.Tensor4D, window: Window2d): tf.Tensor4D {
  const pool = tf.customGrad((input, save) => {
    const map = input as tf.Tensor4D
    const value = poolMaximum(map, window)
    ;(save as tf.GradSaveFunc)([map, value])
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [savedMap, savedValue] = saved as [tf.Tensor4D, tf.Tensor4D]
      return poolGradient(savedMap, savedValue, dy as tf.Tensor4D, window)
    }
    return { value, gradFunc }
  })
  return pool(x) as tf.Tensor4D
}

function attributesOf(x: tf.Tensor4D, window: Window2d): NativeAttributes {
  const [rows, columns] = resolvePadding([x.shape[1], x.shape[2]], window)
  return {
    T: { type: 'float32' },
    ksize: { integers: [1, ...window.kernelSize, 1] },
    strides: { integers: [1, ...window.strides, 1] },
    padding: 'EXPLICIT',
    explicit_paddings: { integers: [0, 0, ...rows, ...columns, 0, 0] },
    data_format: 'NHWC',
  }
}
