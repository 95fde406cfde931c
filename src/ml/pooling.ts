import * as tf from '@tensorflow/tfjs-core'
import type { Attributes } from '../models/ops.ts'
import type { Window2d } from '../models/windows.ts'
import { resolvePadding } from '../models/windows.ts'
import { nativeMaxPool } from './native/pooling.ts'

/** Less than every value of a map, and finite, as a gradient multiplies it by zero. */
const lowest = -3.4e38

/**
 * The largest value under each window. Padding is never the largest.
 *
 * @param x float32 `[batch, height, width, channels]`
 * @returns float32, which the caller disposes
 */
export function maxPool(x: tf.Tensor4D, window: Window2d): tf.Tensor4D {
  if (window.padding === 'same' || window.padding === 'valid') return pool(x, window, 'max', window.padding)
  const dilated = window.dilation.some((step) => step > 1)
  if (tf.getBackend() === 'tensorflow' && !dilated) return nativeMaxPool(x, window)
  return pool(pad(x, window, lowest), window, 'max', 'valid')
}

/**
 * The mean under each window; with `countIncludePadding` the padding's zeros count as values.
 *
 * @param x float32 `[batch, height, width, channels]`
 * @returns float32, which the caller disposes
 */
export function averagePool(x: tf.Tensor4D, window: Attributes['averagePooling2d']): tf.Tensor4D {
  if (window.padding === 'valid') return pool(x, window, 'avg', 'valid')
  // TensorFlow's own 'same' leaves the padding out. So do the other engines', but not in their gradients.
  if (window.padding === 'same' && !window.countIncludePadding && tf.getBackend() === 'tensorflow') {
    return pool(x, window, 'avg', 'same')
  }
  const means = pool(pad(x, window, 0), window, 'avg', 'valid')
  if (window.countIncludePadding) return means
  const [, height, width] = x.shape
  const shares = pool(pad(tf.ones([1, height, width, 1]), window, 0), window, 'avg', 'valid')
  return tf.div(means, shares)
}

function pool(
  x: tf.Tensor4D,
  { kernelSize, dilation, strides }: Window2d,
  kind: 'max' | 'avg',
  padding: 'same' | 'valid',
): tf.Tensor4D {
  return tf.pool(x, [...kernelSize], kind, padding, [...dilation], [...strides])
}

function pad(x: tf.Tensor4D, window: Window2d, value: number): tf.Tensor4D {
  const [, height, width] = x.shape
  return tf.pad4d(x, [[0, 0], ...resolvePadding([height, width], window), [0, 0]], value)
}
