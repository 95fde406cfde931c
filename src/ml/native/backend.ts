import * as tf from '@tensorflow/tfjs-core'

interface Binding {
  readonly TF_ATTR_BOOL: number
  readonly TF_ATTR_FLOAT: number
  readonly TF_ATTR_INT: number
  readonly TF_ATTR_STRING: number
  readonly TF_ATTR_TYPE: number
  readonly TF_FLOAT: number
}

/** The parts of the native engine's backend that run one of TensorFlow's own operations. */
interface NativeBackend {
  readonly binding: Binding
  readonly isUsingGpuDevice: boolean
  readonly executeMultipleOutputs: (
    name: string,
    attributes: readonly object[],
    inputs: readonly tf.Tensor[],
    outputs: number,
  ) => tf.Tensor[]
}

/** Attributes of an operation by name: strings are bytes, numbers by the kind that they are wrapped in. */
export type NativeAttributes = Readonly<Record<string, string | boolean | Wrapped>>

type Wrapped =
  | { readonly integers: number | readonly number[] }
  | { readonly float: number }
  | { readonly type: 'float32' }

/** Whether TensorFlow itself is the current engine. */
export function isNative(): boolean {
  return tf.getBackend() === 'tensorflow'
}

/** Whether the native engine computes on a graphics card, where kernels for processors do not run. */
export function usesGpu(): boolean {
  return backend().isUsingGpuDevice
}

/**
 * Runs an operation of TensorFlow by its name, on the native engine, with no gradient recorded.
 *
 * @returns its outputs, which the caller disposes
 */
export function runNative(
  name: string,
  attributes: NativeAttributes,
  inputs: readonly tf.Tensor[],
  outputs: number,
): tf.Tensor[] {
  const { binding, executeMultipleOutputs } = backend()
  const list = Object.entries(attributes).map(([key, value]) => ({ name: key, ...encode(binding, value) }))
  return executeMultipleOutputs.call(tf.backend(), name, list, inputs, outputs)
}

/** {@link runNative} for an operation with one output. */
export function runNativeForOne<T extends tf.Tensor = tf.Tensor>(
  name: string,
  attributes: NativeAttributes,
  inputs: readonly tf.Tensor[],
): T {
  return runNative(name, attributes, inputs, 1)[0] as T
}

function backend(): NativeBackend {
  return tf.backend() as unknown as NativeBackend
}

function encode(binding: Binding, value: string | boolean | Wrapped): { type: number; value: unknown } {
  if (typeof value === 'string') return { type: binding.TF_ATTR_STRING, value }
  if (typeof value === 'boolean') return { type: binding.TF_ATTR_BOOL, value }
  if ('integers' in value) return { type: binding.TF_ATTR_INT, value: value.integers }
  if ('float' in value) return { type: binding.TF_ATTR_FLOAT, value: value.float }
  return { type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT }
}
