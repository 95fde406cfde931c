import * as tf from '@tensorflow/tfjs-core'
import type { Window2d } from '../models/windows.ts'
import { resolvePadding } from '../models/windows.ts'

/** The parts of the native engine's backend that run one of TensorFlow's own operations. */
interface NativeBackend {
  readonly binding: {
    readonly TF_ATTR_INT: number
    readonly TF_ATTR_STRING: number
    readonly TF_ATTR_TYPE: number
    readonly TF_FLOAT: number
  }
  readonly executeSingleOutput: (
    name: string,
    attributes: readonly { name: string; type: number; value: unknown }[],
    inputs: readonly tf.Tensor[],
  ) => tf.Tensor
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
  const { binding, executeSingleOutput } = backend()
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
    const value = executeSingleOutput('MaxPool', attributes, [map])
    ;(save as tf.GradSaveFunc)([map, value])
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) =>
      executeSingleOutput('MaxPoolGrad', attributes, [...saved, dy])
    return { value, gradFunc }
  })
  return pool(x) as tf.Tensor4D
}

function backend(): NativeBackend {
  const native = tf.backend() as unknown as NativeBackend
  return { binding: native.binding, executeSingleOutput: native.executeSingleOutput.bind(native) }
}
