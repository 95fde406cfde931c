import * as tf from '@tensorflow/tfjs-core'
import type { Window2d } from '../../models/windows.ts'
import { runNativeForOne } from './backend.ts'
import { nativeConvolution, nativeDepthwiseConvolution } from './convolution.ts'
import { nativeKernels } from './kernels.ts'
import { activationNumbers } from './normalization.ts'

const float = { T: { type: 'float32' } } as const

/** A convolution's operands besides its input. */
export interface InferredConvolution {
  readonly kind: 'conv2d' | 'depthwiseConv2d'
  /** float32 `[height, width, channels, filters or multiplier]` */
  readonly kernel: tf.Tensor4D
  /** float32, one value a filter */
  readonly bias: tf.Tensor | undefined
  readonly activation: 'relu' | 'relu6' | undefined
  readonly window: Window2d
}

/**
 * A convolution with its bias and activation in one pass over the map after it, and with padding made by its own kernel. For the native
 * engine only; no gradient is recorded.
 *
 * @param x float32 `[batch, height, width, channels]`
 * @returns float32, which the caller disposes, with what was made on the way (call it in `tf.tidy`)
 */
export function inferConvolution(
  x: tf.Tensor4D,
  { kind, kernel, bias, activation, window }: InferredConvolution,
): tf.Tensor {
  const convolve = kind === 'conv2d' ? nativeConvolution : nativeDepthwiseConvolution
  const map = convolve(x, kernel, window)
  if (bias === undefined) return activate(map, activation)
  if (nativeKernels() === null) {
    const sum = runNativeForOne('BiasAdd', { ...float, data_format: 'NHWC' }, [map, bias])
    return activate(sum, activation)
  }
  // Changes the map where it lies: nobody else has it.
  const attributes = { activation: { integers: activationNumbers[activation ?? 'linear'] } }
  return runNativeForOne('ThawAddBias', attributes, [map, bias])
}

function activate(map: tf.Tensor, activation: InferredConvolution['activation']): tf.Tensor {
  if (activation === undefined) return map
  return activation === 'relu' ? tf.relu(map) : tf.relu6(map)
}

/** As the kernel counts them. */
const smoothActivations = { swish: 0, hardSwish: 1, gelu: 2 } as const

/**
 * An activation in one pass, by an own kernel. For the native engine only; no gradient is recorded.
 *
 * @returns float32 of the shape of `x`, which the caller disposes; null without the kernels, and on a graphics card
 */
export function inferActivation(x: tf.Tensor, activation: keyof typeof smoothActivations): tf.Tensor | null {
  if (nativeKernels() === null) return null
  return runNativeForOne('ThawActivate', { activation: { integers: smoothActivations[activation] } }, [x])
}

/**
 * Layer normalization over the channels in one pass, by an own kernel. For the native engine only; no gradient is recorded.
 *
 * @param x float32 `[batch, ..., channels]`
 * @param gamma float32 `[channels]`
 * @param beta float32 `[channels]`
 * @returns float32 of the shape of `x`, which the caller disposes; null without the kernels, and on a graphics card
 */
export function inferLayerNormalization(
  x: tf.Tensor,
  gamma: tf.Tensor,
  beta: tf.Tensor,
  epsilon: number,
): tf.Tensor | null {
  if (nativeKernels() === null) return null
  return runNativeForOne('ThawNormalizeLayer', { epsilon: { float: epsilon } }, [x, gamma, beta])
}
