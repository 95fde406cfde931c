import type { OpRows } from './definition.ts'
import { trained } from './parameters.ts'
import { channelsOf, first, sizeOf } from './shape-checks.ts'

const one = { minimum: 1, maximum: 1 } as const

/** Operations that scale and shift each channel. */
export const normalizationOps: OpRows<'batchNormalization' | 'layerNormalization' | 'layerScale'> = {
  batchNormalization: {
    inputs: one,
    inferShape: first,
    parameters: (inputs) => {
      const shape = [channelsOf(first(inputs))]
      return [
        trained('gamma', shape, 'ones'),
        trained('beta', shape, 'zeros'),
        { role: 'movingMean', shape, trainable: false, initializer: 'zeros' },
        { role: 'movingVariance', shape, trainable: false, initializer: 'ones' },
      ]
    },
    flops: (_inputs, _attributes, output) => 2 * sizeOf(output),
  },
  layerNormalization: {
    inputs: one,
    inferShape: first,
    parameters: (inputs) => {
      const shape = [channelsOf(first(inputs))]
      return [trained('gamma', shape, 'ones'), trained('beta', shape, 'zeros')]
    },
    // Sum, difference, square and its sum, product with the inverse deviation, scale, shift.
    flops: (_inputs, _attributes, output) => 7 * sizeOf(output),
  },
  layerScale: {
    inputs: one,
    inferShape: first,
    parameters: (inputs, { initialValue }) => [
      trained('gamma', [channelsOf(first(inputs))], { constant: initialValue }),
    ],
    flops: (_inputs, _attributes, output) => sizeOf(output),
  },
}
