import * as tf from '@tensorflow/tfjs-core'
import { afterEach, describe, expect, it } from 'vitest'
import { inferConvolution, inferLayerNormalization, inferSwish } from '../../src/ml/native/inference.ts'
import { nativeKernels, provideNativeKernels } from '../../src/ml/native/kernels.ts'
import { chooseEngine, nativeProblem } from './engine.ts'

if (nativeProblem === null) await chooseEngine('native')
const kernels = nativeKernels()
afterEach(() => provideNativeKernels(kernels))

const window = {
  kernelSize: [3, 3],
  strides: [2, 2],
  dilation: [1, 1],
  padding: [
    [1, 1],
    [0, 2],
  ],
} as const

function random<T extends tf.Tensor>(shape: number[], seed: number): T {
  return tf.randomNormal(shape, 0, 2, 'float32', seed) as T
}

/** The largest difference, as a share of the largest magnitude. */
function difference(received: tf.Tensor, expected: tf.Tensor): number {
  expect(received.shape).toEqual(expected.shape)
  return tf.div(tf.max(tf.abs(tf.sub(received, expected))), tf.max(tf.abs(expected))).dataSync()[0] ?? NaN
}

describe.skipIf(nativeProblem !== null)('inference by kernels of the native engine', () => {
  it.each([
    ['conv2d', 'relu6', true],
    ['conv2d', 'relu', false],
    ['conv2d', undefined, true],
    ['depthwiseConv2d', 'relu6', true],
    ['depthwiseConv2d', 'relu6', false],
    ['depthwiseConv2d', undefined, false],
  ] as const)('%s with a bias and %s is what its parts give; own kernels: %s', (kind, activation, own) => {
    if (!own) provideNativeKernels(null)
    tf.tidy(() => {
      const x = random<tf.Tensor4D>([2, 9, 8, 5], 1)
      const kernel = random<tf.Tensor4D>([3, 3, 5, kind === 'conv2d' ? 6 : 2], 2)
      const bias = random<tf.Tensor1D>([kind === 'conv2d' ? 6 : 10], 3)
      const padded = tf.pad4d(x, [[0, 0], [...window.padding[0]], [...window.padding[1]], [0, 0]])
      const convolved = tf[kind](padded, kernel, [2, 2], 'valid')
      const sum = tf.add(convolved, bias)
      const expected = activation === undefined ? sum : tf[activation](sum)
      const received = inferConvolution(x, { kind, kernel, bias, activation, window })
      expect(difference(received, expected)).toBeLessThan(1e-5)
    })
  })

  it('swish and layer normalization are what their parts give, or left to those', () => {
    tf.tidy(() => {
      const x = random<tf.Tensor4D>([2, 4, 3, 48], 4)
      const swish = inferSwish(x)
      const [gamma, beta] = [random([48], 5), random([48], 6)]
      const normalized = inferLayerNormalization(x, gamma, beta, 1e-3)
      // oneDNN is there or it is not, for both.
      expect(swish === null).toBe(normalized === null)
      if (swish === null || normalized === null) return
      expect(difference(swish, tf.mul(x, tf.sigmoid(x)))).toBeLessThan(1e-5)
      const { mean, variance } = tf.moments(x, -1, true)
      const centred = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-3)))
      expect(difference(normalized, tf.add(tf.mul(centred, gamma), beta))).toBeLessThan(1e-5)
    })
  })
})
