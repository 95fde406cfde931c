import type { Backbone, Convention } from '../../models/backbone.ts'
import type { ParameterRole } from '../../models/ops.ts'
import { parametersOf, type ParameterSpec } from '../../models/shapes.ts'

/** What a publisher's file should hold for one of our parameters. */
export interface ExpectedTensor {
  readonly parameter: ParameterSpec
  /** Of the whole network's end, which features do without. */
  readonly isClassifier: boolean
  /** Every value, where the publisher keeps no such tensor. */
  readonly constant?: number
  readonly layer: string
  /** The tensor's names within its layer, today's first. */
  readonly weights: readonly string[]
  /** The place among its layer's tensors, counted from 0. */
  readonly position: number
}

const torchWeights: Readonly<Record<ParameterRole, readonly string[]>> = {
  kernel: ['weight'],
  depthwiseKernel: ['weight'],
  bias: ['bias'],
  gamma: ['weight'],
  beta: ['bias'],
  movingMean: ['running_mean'],
  movingVariance: ['running_var'],
}

/** Keras 2 has `depthwise_kernel` where Keras 3 has `kernel`. */
const kerasWeights: Readonly<Record<ParameterRole, readonly string[]>> = {
  kernel: ['kernel'],
  depthwiseKernel: ['kernel', 'depthwise_kernel'],
  bias: ['bias'],
  gamma: ['gamma'],
  beta: ['beta'],
  movingMean: ['moving_mean'],
  movingVariance: ['moving_variance'],
}

/**
 * What a file under a convention should hold for a backbone, in graph order, by the tables of names beside it.
 *
 * @throws Error where the backbone has no table for that convention, or the table no name for one of its layers
 */
export function expectedTensors(backbone: Backbone, convention: Convention): ExpectedTensor[] {
  const features = new Set(backbone.build().nodes.map(({ name }) => name))
  const whole = backbone.buildClassifier?.() ?? backbone.build()
  const positions = new Map<string, number>()
  return parametersOf(whole).map((parameter): ExpectedTensor => {
    const { name, node, role } = parameter
    const isClassifier = !features.has(node)
    const exception = backbone.foreignParameters?.[convention]?.(name)
    if (exception !== undefined && 'constant' in exception) {
      return { parameter, isClassifier, constant: exception.constant, layer: node, weights: [], position: -1 }
    }
    const layer = exception?.layer ?? backbone.foreignNames?.[convention]?.(node)
    if (typeof layer !== 'string') {
      throw new Error(`${backbone.meta.id} has no name for '${name}' under the convention '${convention}'.`)
    }
    const position = positions.get(layer) ?? 0
    positions.set(layer, position + 1)
    const weights = exception
      ? [exception.weight]
      : (convention === 'keras' ? kerasWeights : torchWeights)[role]
    return { parameter, isClassifier, layer, weights, position }
  })
}
