import * as tf from '@tensorflow/tfjs-core'
import { afterEach, describe, expect, it } from 'vitest'
import { inferActivation, inferConvolution, inferLayerNormalization } from '../../src/ml/native/inference.ts'
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
    ['conv2d', 'relu', true],
    ['depthwiseConv2d', undefined, true],
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

  const x = () => tf.mul(random([3, 37, 41, 43], 4), 4)
  it.each([
    ['swish', (x: tf.Tensor) => tf.mul(x, tf.sigmoid(x))],
    ['hardSwish', (x: tf.Tensor) => tf.mul(x, tf.div(tf.relu6(tf.add(x, 3)), 6))],
    ['gelu', (x: tf.Tensor) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1))],
  ] as const)(
    '%s in one pass is what its parts give, and left to those without own kernels',
    (name, parts) => {
      tf.tidy(() => {
        expect(difference(inferActivation(x(), name)!, parts(x()))).toBeLessThan(1e-6)
        const extremes = [-1e30, -200, 0, 200, 1e30]
        const received = inferActivation(tf.tensor1d(extremes), name)!.dataSync()
        extremes.forEach((x, index) => expect(received[index]! / (x || 1)).toBeCloseTo(x > 0 ? 1 : 0, 6))
        expect([...inferActivation(tf.tensor1d([NaN]), name)!.dataSync()]).toEqual([NaN])
        provideNativeKernels(null)
        expect(inferActivation(x(), name)).toBeNull()
      })
    },
  )

  it.each([48, 43, 5])(
    'layer normalization of %i channels in one pass is what its parts give',
    (channels) => {
      tf.tidy(() => {
        const rows = tf.add(random([2, 44, 43, channels], 4), 3)
        const [gamma, beta] = [random([channels], 5), random([channels], 6)]
        const normalized = inferLayerNormalization(rows, gamma, beta, 1e-3)
        const { mean, variance } = tf.moments(rows, -1, true)
        const centred = tf.div(tf.sub(rows, mean), tf.sqrt(tf.add(variance, 1e-3)))
        expect(difference(normalized!, tf.add(tf.mul(centred, gamma), beta))).toBeLessThan(3e-6)
        provideNativeKernels(null)
        expect(inferLayerNormalization(rows, gamma, beta, 1e-3)).toBeNull()
      })
    },
  )
})
