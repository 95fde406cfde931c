import * as tf from '@tensorflow/tfjs-core'
import type { Window2d } from '../../models/windows.ts'
import { resolvePadding } from '../../models/windows.ts'
import {
  gradientOfDilated,
  isDilated,
  plainWindow,
  withoutDilation,
  type PlainKernel,
} from '../dilated-kernel.ts'
import { runNativeForOne, usesGpu, type NativeAttributes } from './backend.ts'
import { nativeKernels } from './kernels.ts'

type Kind = 'Conv2D' | 'DepthwiseConv2dNative'

const float = { T: { type: 'float32' } } as const

/** oneDNN's kernels inside TensorFlow, which it takes by itself on some processors only. They are called by name. */
const oneDnn = { ...float, _kernel: 'MklNameChangeOp' } as const

/**
 * A convolution by the kernel that is fastest for it, with padding in pixels made by the kernel itself. For the native engine only; no
 * gradient is recorded.
 *
 * @param x float32 `[batch, height, width, channels]`
 * @param kernel float32 `[height, width, channels, filters]`
 * @returns float32, which the caller disposes
 */
export function nativeConvolution(x: tf.Tensor4D, kernel: tf.Tensor4D, window: Window2d): tf.Tensor4D {
  // Beside these TensorFlow's kernels know no dilation.
  if (isDilated(window) && !hasOneDnn() && !usesGpu())
    return byPlainKernel(kernel, window, (plain) => nativeConvolution(x, plain.kernel, plain.window))
  const geometry = geometryOf(x.shape, window)
  return hasOneDnn()
    ? runNativeForOne('_MklNativeConv2D', { ...oneDnn, ...geometry }, [x, kernel])
    : runNativeForOne('Conv2D', { ...float, ...geometry }, [x, kernel])
}

/** {@link nativeConvolution} of each channel by itself. @param kernel float32 `[height, width, channels, multiplier]` */
export function nativeDepthwiseConvolution(
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  window: Window2d,
): tf.Tensor4D {
  if (isDilated(window))
    return byPlainKernel(kernel, window, (plain) => nativeDepthwiseConvolution(x, plain.kernel, plain.window))
  return runNativeForOne('DepthwiseConv2dNative', { ...float, ...geometryOf(x.shape, window) }, [x, kernel])
}

/**
 * The gradient of a convolution by its input.
 *
 * @param dy of the convolution's output
 * @param shape of the input
 * @returns float32 of that shape, which the caller disposes
 */
export function convolutionInputGradient(
  kind: Kind,
  dy: tf.Tensor4D,
  kernel: tf.Tensor4D,
  window: Window2d,
  shape: tf.Tensor4D['shape'],
): tf.Tensor4D {
  if (isDilated(window)) {
    return byPlainKernel(kernel, window, (plain) =>
      convolutionInputGradient(kind, dy, plain.kernel, plain.window, shape),
    )
  }
  const geometry = geometryOf(shape, window)
  if (kind === 'DepthwiseConv2dNative' || !hasOneDnn()) {
    return gradientOfSize(`${kind}BackpropInput`, { ...float, ...geometry }, shape, [kernel, dy])
  }
  const attributes = { ...oneDnn, ...geometry }
  if (geometry.padding !== 'EXPLICIT')
    return gradientOfSize(oneDnnInputGradient, attributes, shape, [kernel, dy])
  // It knows no padding in pixels: the gradient of the padded input is made, and its frame cut off.
  const [batch, height, width, channels] = shape
  const [[top, bottom], [left, right]] = resolvePadding([height, width], window)
  const padded: tf.Tensor4D['shape'] = [batch, height + top + bottom, width + left + right, channels]
  const valid = { ...oneDnn, ...geometryOf(padded, { ...window, padding: 'valid' }) }
  const framed = gradientOfSize(oneDnnInputGradient, valid, padded, [kernel, dy])
  const gradient = tf.slice(framed, [0, top, left, 0], shape)
  framed.dispose()
  return gradient
}

/** Runs with the zeros of a dilation written into the kernel, and disposes that kernel. */
function byPlainKernel(
  kernel: tf.Tensor4D,
  window: Window2d,
  run: (plain: PlainKernel) => tf.Tensor4D,
): tf.Tensor4D {
  const plain = withoutDilation(kernel, window)
  const result = run(plain)
  plain.kernel.dispose()
  return result
}

const oneDnnInputGradient = '_MklNativeConv2DBackpropInput'

/** Runs an operation whose first input is the shape of its output. */
function gradientOfSize(
  name: string,
  attributes: NativeAttributes,
  shape: tf.Tensor4D['shape'],
  inputs: readonly tf.Tensor[],
): tf.Tensor4D {
  const sizes = tf.tensor1d(shape, 'int32')
  const gradient = runNativeForOne<tf.Tensor4D>(name, attributes, [sizes, ...inputs])
  sizes.dispose()
  return gradient
}

/**
 * The gradient of a convolution by its kernel.
 *
 * @param dy of the convolution's output
 * @param shape of the kernel
 * @returns float32 of that shape, which the caller disposes
 */
export function convolutionKernelGradient(
  kind: Kind,
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  window: Window2d,
  shape: tf.Tensor4D['shape'],
): tf.Tensor4D {
  if (isDilated(window)) {
    const plain = plainWindow(window)
    const spread = convolutionKernelGradient(kind, x, dy, plain, [...plain.kernelSize, shape[2], shape[3]])
    const gradient = gradientOfDilated(spread, window)
    spread.dispose()
    return gradient
  }
  if (kind === 'Conv2D' && nativeKernels() !== null) {
    const [rows, columns] = resolvePadding([x.shape[1], x.shape[2]], window)
    const attributes = {
      kernel: { integers: window.kernelSize },
      strides: { integers: window.strides },
      padding: { integers: [...rows, ...columns] },
    }
    return runNativeForOne('ThawFilterGradient', attributes, [x, dy])
  }
  const sizes = tf.tensor1d(shape, 'int32')
  const attributes = { ...float, ...geometryOf(x.shape, window) }
  const gradient = runNativeForOne<tf.Tensor4D>(`${kind}BackpropFilter`, attributes, [x, sizes, dy])
  sizes.dispose()
  return gradient
}

/** Where padding in pixels is what 'SAME' or 'VALID' means, as more kernels know those. */
function geometryOf([, height, width]: tf.Tensor4D['shape'], window: Window2d): Geometry {
  const padding = resolvePadding([height, width], window)
  const same = resolvePadding([height, width], { ...window, padding: 'same' })
  const flat = padding.flat()
  const common = {
    strides: { integers: [1, ...window.strides, 1] },
    dilations: { integers: [1, ...window.dilation, 1] },
    data_format: 'NHWC',
  }
  if (flat.every((pixels) => pixels === 0)) return { ...common, padding: 'VALID' }
  if (flat.every((pixels, index) => pixels === same.flat()[index])) return { ...common, padding: 'SAME' }
  return { ...common, padding: 'EXPLICIT', explicit_paddings: { integers: [0, 0, ...flat, 0, 0] } }
}

type Geometry = NativeAttributes & { readonly padding: 'VALID' | 'SAME' | 'EXPLICIT' }

let oneDnnAnswers: boolean | undefined

/** Whether oneDNN is inside this TensorFlow: on x86 it is. */
export function hasOneDnn(): boolean {
  oneDnnAnswers ??=
    !usesGpu() &&
    tf.tidy(() => {
      const window = { kernelSize: [1, 1], strides: [1, 1], dilation: [1, 1], padding: 'valid' } as const
      const attributes = { ...oneDnn, ...geometryOf([1, 1, 1, 1], window) }
      try {
        const one: tf.Tensor4D = tf.ones([1, 1, 1, 1])
        return runNativeForOne('_MklNativeConv2D', attributes, [one, one]).dataSync()[0] === 1
      } catch {
        return false
      }
    })
  return oneDnnAnswers
}
