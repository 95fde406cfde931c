import * as tf from '@tensorflow/tfjs-core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  convolutionInputGradient,
  convolutionKernelGradient,
  nativeConvolution,
} from '../../src/ml/native/convolution.ts'
import { nativeKernels, provideNativeKernels, type NativeKernels } from '../../src/ml/native/kernels.ts'
import {
  nativeNormalize,
  nativeNormalizeGradient,
  type NormalizationActivation,
} from '../../src/ml/native/normalization.ts'
import { poolGradient, poolMaximum } from '../../src/ml/native/pooling.ts'
import { createRandom } from '../../src/models/random.ts'
import type { Window2d } from '../../src/models/windows.ts'
import { chooseEngine, nativeProblem } from './engine.ts'

const tolerance = 2e-6

function randomTensor(purpose: string, shape: number[]): tf.Tensor4D {
  const random = createRandom({ seed: 6, purpose })
  const size = shape.reduce((product, length) => product * length, 1)
  return tf.tensor(
    Float32Array.from({ length: size }, () => random.normal() + 0.5),
    shape as [number, number, number, number],
  )
}

function relativeDifference(one: tf.Tensor, other: tf.Tensor): number {
  expect(one.shape).toEqual(other.shape)
  return tf.tidy(() => {
    const largest = tf.max(tf.abs(other)).dataSync()[0]!
    return tf.max(tf.abs(tf.sub(one, other))).dataSync()[0]! / largest
  })
}

const window = (size: [number, number], strides: [number, number], pixels: number): Window2d => ({
  kernelSize: size,
  strides,
  padding: [
    [pixels, pixels],
    [pixels, pixels],
  ],
  dilation: [1, 1],
})

/** Name, input `[batch, height, width, channels]`, filters, window. */
const convolutions: [string, number[], number, Window2d][] = [
  ['a stem on large maps, shared out by positions', [3, 112, 96, 3], 24, window([7, 7], [2, 2], 3)],
  ['3x3 on large maps', [4, 56, 56, 8], 16, window([3, 3], [1, 1], 1)],
  ['a large kernel on small maps, shared out by its parts', [5, 4, 4, 130], 150, window([3, 3], [1, 1], 1)],
  ['1x1 with a stride', [2, 9, 9, 33], 17, window([1, 1], [2, 2], 0)],
  ['different sides, strides that leave a rest', [2, 12, 17, 5], 7, window([2, 5], [3, 2], 1)],
  ['one column', [3, 20, 1, 4], 3, window([3, 1], [1, 1], 0)],
]

/** A convolution's gradient by its kernel, summed in 64 bits: TensorFlow's own is off by 5e-6 on some processors. */
function kernelGradientInDouble(x: tf.Tensor4D, dy: tf.Tensor4D, geometry: Window2d): tf.Tensor {
  const [batch, height, width, channels] = x.shape
  const [, rows, columns, filters] = dy.shape
  const [kernelHeight, kernelWidth] = geometry.kernelSize
  const [[top], [left]] = geometry.padding as [[number, number], [number, number]]
  const [values, slopes] = [x.dataSync(), dy.dataSync()]
  const sums = new Float64Array(kernelHeight * kernelWidth * channels * filters)
  for (let place = 0; place < batch * rows * columns * kernelHeight * kernelWidth; place += 1) {
    const [position, cell] = [
      Math.floor(place / (kernelHeight * kernelWidth)),
      place % (kernelHeight * kernelWidth),
    ]
    const [image, row, column] = [
      Math.floor(position / (rows * columns)),
      Math.floor(position / columns) % rows,
      position % columns,
    ]
    const y = row * geometry.strides[0] + Math.floor(cell / kernelWidth) - top
    const z = column * geometry.strides[1] + (cell % kernelWidth) - left
    if (y < 0 || z < 0 || y >= height || z >= width) continue
    for (let channel = 0; channel < channels; channel += 1) {
      const value = values[((image * height + y) * width + z) * channels + channel]!
      const start = (cell * channels + channel) * filters
      for (let filter = 0; filter < filters; filter += 1) {
        sums[start + filter]! += value * slopes[position * filters + filter]!
      }
    }
  }
  return tf.tensor(Float32Array.from(sums), [kernelHeight, kernelWidth, channels, filters])
}

describe.skipIf(nativeProblem !== null)('native kernels', () => {
  let kernels: NativeKernels | null = null
  beforeEach(async () => {
    await chooseEngine('native')
    kernels = nativeKernels()
    tf.engine().startScope()
  })
  afterEach(() => {
    tf.engine().endScope()
    provideNativeKernels(kernels)
  })

  it.each(convolutions)('convolution and its gradients: %s', (_name, shape, filters, geometry) => {
    const x = randomTensor('x', shape)
    const kernel = randomTensor('kernel', [...geometry.kernelSize, shape[3]!, filters])
    const [[top, bottom], [left, right]] = geometry.padding as [[number, number], [number, number]]
    const general = (...[input, weights]: tf.Tensor[]): tf.Tensor4D => {
      const framed = tf.pad(input as tf.Tensor4D, [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ])
      return tf.conv2d(framed, weights as tf.Tensor4D, [...geometry.strides], 'valid')
    }
    const y = nativeConvolution(x, kernel, geometry)
    expect(relativeDifference(y, general(x, kernel))).toBeLessThan(tolerance)
    const dy = randomTensor('dy', y.shape)
    const [dx] = tf.grads(general)([x, kernel], dy) as [tf.Tensor, tf.Tensor]
    const byInput = convolutionInputGradient('Conv2D', dy, kernel, geometry, x.shape)
    expect(relativeDifference(byInput, dx)).toBeLessThan(tolerance)
    const byKernel = convolutionKernelGradient('Conv2D', x, dy, geometry, kernel.shape)
    expect(relativeDifference(byKernel, kernelGradientInDouble(x, dy, geometry))).toBeLessThan(tolerance)
  })

  it.each([
    [[3, 17, 12, 19], [3, 3], [2, 2], 1],
    [[2, 8, 9, 8], [2, 2], [2, 2], 0],
    [[1, 7, 7, 5], [3, 2], [1, 1], 1],
  ] as [number[], [number, number], [number, number], number][])(
    "max pooling's gradient is TensorFlow's, for maps %j, windows %j, strides %j and a frame of %i",
    (shape, size, strides, pixels) => {
      const x = tf.relu(randomTensor('x', shape))
      const geometry = window(size, strides, pixels)
      const output = poolMaximum(x, geometry)
      const dy = randomTensor('dy', output.shape)
      const own = poolGradient(x, output, dy, geometry)
      provideNativeKernels(null)
      expect(relativeDifference(own, poolGradient(x, output, dy, geometry))).toBeLessThan(tolerance)
    },
  )

  const kinds = (['linear', 'relu', 'relu6'] as const).flatMap((activation) =>
    [true, false].flatMap((training) =>
      [true, false].map((hasShortcut): [NormalizationActivation, boolean, boolean] => [
        activation,
        training,
        hasShortcut,
      ]),
    ),
  )

  it.each(kinds)(
    'normalization with %s, of the batch: %s, with a shortcut: %s',
    (activation, training, hasShortcut) => {
      const channels = 19
      const x = tf.mul(randomTensor('x', [3, 41, 37, channels]), 3)
      const shortcut = hasShortcut ? randomTensor('shortcut', x.shape) : undefined
      const dy = randomTensor('dy', x.shape)
      const vector = (purpose: string): tf.Tensor => tf.abs(randomTensor(purpose, [channels]))
      const gamma = vector('gamma')
      const parameters = {
        gamma,
        beta: vector('beta'),
        movingMean: vector('mean'),
        movingVariance: vector('variance'),
      }
      const kind = { epsilon: 1e-3, training, activation }
      const run = () => {
        const { value, mean, variance, saved } = nativeNormalize(x, parameters, kind, shortcut)
        const gradients = nativeNormalizeGradient(dy, value, x, gamma, saved, kind, hasShortcut)
        return { value, mean, variance, ...gradients }
      }
      const own = run()
      provideNativeKernels(null)
      const other = run()
      for (const name of ['value', 'mean', 'variance', 'input', 'gamma', 'beta'] as const) {
        expect(relativeDifference(own[name], other[name]), name).toBeLessThan(2e-5)
      }
      if (hasShortcut) expect(relativeDifference(own.shortcut!, other.shortcut!)).toBeLessThan(tolerance)
      else expect(own.shortcut).toBeUndefined()
    },
  )

  it('a normalization keeps its precision far from zero', () => {
    const x = tf.add(randomTensor('x', [4, 40, 40, 6]), 1000)
    const ones = tf.ones([6])
    const zeros = tf.zeros([6])
    const parameters = { gamma: ones, beta: zeros, movingMean: zeros, movingVariance: ones }
    const { value, mean, variance } = nativeNormalize(x, parameters, {
      epsilon: 1e-5,
      training: true,
      activation: 'linear',
    })
    const inDouble = Array.from({ length: 6 }, (_, channel) => {
      const values = Float64Array.from(x.dataSync()).filter((_value, index) => index % 6 === channel)
      const average = values.reduce((sum, one) => sum + one, 0) / values.length
      return {
        average,
        spread: values.reduce((sum, one) => sum + (one - average) ** 2, 0) / (values.length - 1),
      }
    })
    inDouble.forEach(({ average, spread }, channel) => {
      expect(mean.dataSync()[channel]! / average).toBeCloseTo(1, 6)
      expect(variance.dataSync()[channel]! / spread).toBeCloseTo(1, 4)
    })
    expect(Math.abs(tf.mean(value).dataSync()[0]!)).toBeLessThan(1e-3)
  })
})
