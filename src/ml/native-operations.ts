import * as tf from '@tensorflow/tfjs-core'
import type { Window2d } from '../models/windows.ts'
import { resolvePadding } from '../models/windows.ts'

/** The parts of the native engine's backend that run one of TensorFlow's own operations. */
interface NativeBackend {
  readonly binding: {
    readonly TF_ATTR_BOOL: number
    readonly TF_ATTR_FLOAT: number
    readonly TF_ATTR_INT: number
    readonly TF_ATTR_STRING: number
    readonly TF_ATTR_TYPE: number
    readonly TF_FLOAT: number
  }
  readonly executeSingleOutput: (
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly tf.Tensor[],
  ) => tf.Tensor
  readonly executeMultipleOutputs: (
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly tf.Tensor[],
    outputs: number,
  ) => tf.Tensor[]
}

interface Attribute {
  readonly name: string
  readonly type: number
  readonly value: unknown
}

/**
 * Max pooling with padding in pixels by TensorFlow's own kernel, which saves a padded copy of the map; TensorFlow.js hands on only
 * 'same' and 'valid'. For the native engine only, and not for dilated windows.
 *
 * @param x float32 `[batch, height, width, channels]`
 * @returns float32, which the caller disposes
 */
export function nativeMaxPool(x: tf.Tensor4D, window: Window2d): tf.Tensor4D {
  const [, height, width] = x.shape
  const [rows, columns] = resolvePadding([height, width], window)
  const native = tf.backend() as unknown as NativeBackend
  const { binding } = native
  const attributes = [
    { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
    { name: 'ksize', type: binding.TF_ATTR_INT, value: [1, ...window.kernelSize, 1] },
    { name: 'strides', type: binding.TF_ATTR_INT, value: [1, ...window.strides, 1] },
    { name: 'padding', type: binding.TF_ATTR_STRING, value: 'EXPLICIT' },
    { name: 'explicit_paddings', type: binding.TF_ATTR_INT, value: [0, 0, ...rows, ...columns, 0, 0] },
    { name: 'data_format', type: binding.TF_ATTR_STRING, value: 'NHWC' },
  ]
  const pool = tf.customGrad((input, save) => {
    const map = input as tf.Tensor
    const value = native.executeSingleOutput('MaxPool', attributes, [map])
    ;(save as tf.GradSaveFunc)([map, value])
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) =>
      native.executeSingleOutput('MaxPoolGrad', attributes, [...saved, dy])
    return { value, gradFunc }
  })
  return pool(x) as tf.Tensor4D
}

/**
 * Batch normalization by given statistics, in one pass over the map; without a gradient. For the native engine only.
 *
 * @param x float32 `[batch, height, width, channels]`
 * @param parameters float32 `[channels]` each
 * @returns float32, which the caller disposes
 */
export function nativeNormalizeByStatistics(
  x: tf.Tensor4D,
  parameters: Readonly<Record<'gamma' | 'beta' | 'movingMean' | 'movingVariance', tf.Tensor>>,
  epsilon: number,
): tf.Tensor4D {
  const { gamma, beta, movingMean, movingVariance } = parameters
  const native = tf.backend() as unknown as NativeBackend
  const { binding } = native
  const attributes = [
    { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
    { name: 'U', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
    { name: 'epsilon', type: binding.TF_ATTR_FLOAT, value: epsilon },
    { name: 'data_format', type: binding.TF_ATTR_STRING, value: 'NHWC' },
    { name: 'is_training', type: binding.TF_ATTR_BOOL, value: false },
  ]
  const inputs = [x, gamma, beta, movingMean, movingVariance]
  const [value, ...statistics] = native.executeMultipleOutputs('FusedBatchNormV3', attributes, inputs, 6)
  tf.dispose(statistics)
  return value as tf.Tensor4D
}
