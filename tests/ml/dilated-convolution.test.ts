import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { withoutDilation } from '../../src/ml/dilated-kernel.ts'
import {
  convolutionInputGradient,
  convolutionKernelGradient,
  nativeConvolution,
  nativeDepthwiseConvolution,
} from '../../src/ml/native/convolution.ts'
import { createRandom } from '../../src/models/random.ts'
import { resolvePadding, windowOutputSize, type Window2d } from '../../src/models/windows.ts'
import { chooseEngine, nativeProblem, testedEngines } from './engine.ts'

const tolerance = 1e-5

function randomTensor(purpose: string, shape: number[]): tf.Tensor4D {
  const random = createRandom({ seed: 5, purpose })
  const size = shape.reduce((product, length) => product * length, 1)
  return tf.tensor(
    Float32Array.from({ length: size }, () => random.normal()),
    shape as tf.Tensor4D['shape'],
  )
}

/** A convolution and its gradients by plain loops, in 64 bits. */
function byLoops(
  isDepthwise: boolean,
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  dy: tf.Tensor4D,
  window: Window2d,
) {
  const [batch, height, width, channels] = x.shape
  const [kernelHeight, kernelWidth, , filters] = kernel.shape
  const [, rows, columns, outputs] = dy.shape
  const [[top], [left]] = resolvePadding([height, width], window)
  const [maps, weights, slopes] = [x.dataSync(), kernel.dataSync(), dy.dataSync()]
  const [value, input, parameter] = [slopes, maps, weights].map(({ length }) => new Float64Array(length)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  const cells = [batch, rows, columns, kernelHeight, kernelWidth, channels, filters]
  const count = cells.reduce((product, length) => product * length, 1)
  for (let place = 0; place < count; place += 1) {
    let rest = place
    const [image, row, column, cellRow, cellColumn, channel, filter] = cells
      .toReversed()
      .map((length) => {
        const index = rest % length
        rest = Math.floor(rest / length)
        return index
      })
      .toReversed() as [number, number, number, number, number, number, number]
    const y = row * window.strides[0] + cellRow * window.dilation[0] - top
    const z = column * window.strides[1] + cellColumn * window.dilation[1] - left
    if (y < 0 || z < 0 || y >= height || z >= width) continue
    const from = ((image * height + y) * width + z) * channels + channel
    const weight = ((cellRow * kernelWidth + cellColumn) * channels + channel) * filters + filter
    const to =
      ((image * rows + row) * columns + column) * outputs +
      (isDepthwise ? channel * filters + filter : filter)
    value[to]! += maps[from]! * weights[weight]!
    input[from]! += slopes[to]! * weights[weight]!
    parameter[weight]! += slopes[to]! * maps[from]!
  }
  return { value, input, parameter }
}

function largestDifference(tensor: tf.Tensor, values: Float64Array): number {
  const own = Float32Array.from(tensor.dataSync())
  expect(own).toHaveLength(values.length)
  return own.reduce((most, value, index) => Math.max(most, Math.abs(value - values[index]!)), 0)
}

const explicit = [
  [2, 2],
  [1, 3],
] as const
const windows: Window2d[] = (
  [
    [1, 1],
    [2, 2],
  ] as const
).flatMap((strides) =>
  (
    [
      [2, 2],
      [3, 3],
      [2, 1],
      [1, 2],
    ] as const
  ).flatMap((dilation) =>
    (['valid', 'same', explicit] as const).map((padding) => ({
      kernelSize: [3, 2] as const,
      strides,
      dilation,
      padding,
    })),
  ),
)
const kinds = ['Conv2D', 'DepthwiseConv2dNative'] as const
const cases = kinds.flatMap((kind) => windows.map((window) => ({ kind, ...window })))

function drawn({ kind, ...window }: (typeof cases)[number]) {
  const filters = kind === 'Conv2D' ? 4 : 2
  const x = randomTensor('x', [2, 12, 11, 3])
  const kernel = randomTensor('kernel', [3, 2, 3, filters])
  const outputs = kind === 'Conv2D' ? filters : 3 * filters
  const dy = randomTensor('dy', [2, ...windowOutputSize([12, 11], window), outputs])
  return { x, kernel, dy, window, expected: byLoops(kind !== 'Conv2D', x, kernel, dy, window) }
}

describe.skipIf(nativeProblem !== null)(
  'a dilated convolution of the native engine, as plain loops give it',
  () => {
    beforeAll(() => chooseEngine('native'))

    it.each(cases)('$kind, strides $strides, dilation $dilation, padding $padding', (geometry) => {
      const { x, kernel, dy, window, expected } = drawn(geometry)
      const { kind } = geometry
      const convolve = kind === 'Conv2D' ? nativeConvolution : nativeDepthwiseConvolution
      const tensors = tf.memory().numTensors
      const value = convolve(x, kernel, window)
      const input = convolutionInputGradient(kind, dy, kernel, window, x.shape)
      const parameter = convolutionKernelGradient(kind, x, dy, window, kernel.shape)
      expect(tf.memory().numTensors).toBe(tensors + 3)
      expect(largestDifference(value, expected.value)).toBeLessThan(tolerance)
      expect(largestDifference(input, expected.input)).toBeLessThan(tolerance)
      expect(parameter.shape).toEqual(kernel.shape)
      expect(largestDifference(parameter, expected.parameter)).toBeLessThan(10 * tolerance)
    })
  },
)

describe.each(testedEngines)('a dilated kernel with its zeros written out, on %s', (engine) => {
  beforeAll(() => chooseEngine(engine))

  it('leads the gradient back to the weights', () => {
    const { x, kernel, dy, window, expected } = drawn({
      kind: 'Conv2D',
      kernelSize: [3, 2],
      strides: [1, 1],
      dilation: [2, 3],
      padding: 'same',
    })
    const parameter = tf.grad((weights) => {
      const plain = withoutDilation(weights as tf.Tensor4D, window)
      return tf.conv2d(x, plain.kernel, [...plain.window.strides], 'same')
    })(kernel, dy)
    expect(largestDifference(parameter, expected.parameter)).toBeLessThan(10 * tolerance)
  })
})
