import { combiningOps } from './ops/combining.ts'
import type { Op, OpRows } from './ops/definition.ts'
import { elementwiseOps } from './ops/elementwise.ts'
import { normalizationOps } from './ops/normalizations.ts'
import { biases, trained } from './ops/parameters.ts'
import { first, shapeInvalid, show, sizeOf, vector } from './ops/shape-checks.ts'
import { windowedOps } from './ops/windowed.ts'

export type {
  Attributes,
  Initializer,
  Op,
  OpDefinition,
  OpParameter,
  ParameterRole,
} from './ops/definition.ts'

/** Every operation a graph may hold. To add one is to add its row here; the executors then fail to compile until they know it. */
export const ops: OpRows<Op> = {
  ...windowedOps,
  ...normalizationOps,
  ...elementwiseOps,
  ...combiningOps,
  input: {
    inputs: { minimum: 0, maximum: 0 },
    inferShape: (_inputs, { shape }) => shape,
    flops: () => 0,
  },
  flatten: {
    inputs: { minimum: 1, maximum: 1 },
    inferShape: (inputs) => [sizeOf(first(inputs))],
    flops: () => 0,
  },
  reshape: {
    inputs: { minimum: 1, maximum: 1 },
    inferShape: (inputs, { shape }) => {
      if (sizeOf(shape) !== sizeOf(first(inputs))) {
        throw shapeInvalid(`${show(first(inputs))} cannot be reshaped to ${show(shape)}`)
      }
      return shape
    },
    flops: () => 0,
  },
  dense: {
    inputs: { minimum: 1, maximum: 1 },
    inferShape: (inputs, { units }) => {
      vector(inputs)
      return [units]
    },
    parameters: (inputs, { units, useBias, kernelInitializer }) => [
      trained('kernel', [vector(inputs), units], kernelInitializer),
      ...biases(useBias, units),
    ],
    flops: (inputs, { units, useBias }) => units * (2 * vector(inputs) + Number(useBias)),
  },
}
