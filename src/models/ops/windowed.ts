import type { OpRows } from './definition.ts'
import { biases, trained } from './parameters.ts'
import { featureMap, first, sizeOf, windowSize } from './shape-checks.ts'

const one = { minimum: 1, maximum: 1 } as const

/** Operations on feature maps through a window, or over all positions. */
export const windowedOps: OpRows<
  | 'conv2d'
  | 'depthwiseConv2d'
  | 'maxPooling2d'
  | 'averagePooling2d'
  | 'globalAveragePooling2d'
  | 'zeroPadding2d'
> = {
  conv2d: {
    inputs: one,
    inferShape: (inputs, attributes) => [...windowSize(inputs, attributes), attributes.filters],
    parameters: (inputs, { kernelSize, filters, useBias }) => {
      const kernelShape = [...kernelSize, featureMap(inputs)[2], filters]
      return [trained('kernel', kernelShape, 'heNormal'), ...biases(useBias, filters)]
    },
    flops: (inputs, { kernelSize, useBias }, output) =>
      sizeOf(output) * (2 * kernelSize[0] * kernelSize[1] * featureMap(inputs)[2] + Number(useBias)),
  },
  depthwiseConv2d: {
    inputs: one,
    inferShape: (inputs, attributes) => [
      ...windowSize(inputs, attributes),
      featureMap(inputs)[2] * attributes.depthMultiplier,
    ],
    parameters: (inputs, { kernelSize, depthMultiplier, useBias }) => {
      const channels = featureMap(inputs)[2]
      const kernelShape = [...kernelSize, channels, depthMultiplier]
      return [
        trained('depthwiseKernel', kernelShape, 'heNormal'),
        ...biases(useBias, channels * depthMultiplier),
      ]
    },
    flops: (_inputs, { kernelSize, useBias }, output) =>
      sizeOf(output) * (2 * kernelSize[0] * kernelSize[1] + Number(useBias)),
  },
  maxPooling2d: {
    inputs: one,
    inferShape: (inputs, window) => [...windowSize(inputs, window), featureMap(inputs)[2]],
    flops: (_inputs, { kernelSize }, output) => sizeOf(output) * (kernelSize[0] * kernelSize[1] - 1),
  },
  averagePooling2d: {
    inputs: one,
    inferShape: (inputs, window) => [...windowSize(inputs, window), featureMap(inputs)[2]],
    flops: (_inputs, { kernelSize }, output) => sizeOf(output) * kernelSize[0] * kernelSize[1],
  },
  globalAveragePooling2d: {
    inputs: one,
    inferShape: (inputs) => [featureMap(inputs)[2]],
    flops: (inputs) => sizeOf(first(inputs)),
  },
  zeroPadding2d: {
    inputs: one,
    inferShape: (inputs, { padding: [[top, bottom], [left, right]] }) => {
      const [height, width, channels] = featureMap(inputs)
      return [top + height + bottom, left + width + right, channels]
    },
    flops: () => 0,
  },
}
