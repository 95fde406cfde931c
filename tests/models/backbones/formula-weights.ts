import type { Backbone, Convention } from '../../../src/models/backbone.ts'
import type { ParameterRole } from '../../../src/models/ops.ts'
import type { ParameterSpec } from '../../../src/models/shapes.ts'
import { elementCount } from '../../../src/models/shapes.ts'

/** A publisher's tensor behind one of ours, by the backbone's tables of names. */
interface ForeignTensor {
  readonly name: string
  readonly fanIn: number
  /** The place in the publisher's tensor of a place in ours. */
  readonly indexOf: (index: number) => number
}

const torchWeights: Readonly<Record<ParameterRole, string>> = {
  kernel: 'weight',
  depthwiseKernel: 'weight',
  bias: 'bias',
  gamma: 'weight',
  beta: 'bias',
  movingMean: 'running_mean',
  movingVariance: 'running_var',
}

const kerasWeights: Readonly<Record<ParameterRole, string>> = {
  kernel: 'kernel',
  depthwiseKernel: 'kernel',
  bias: 'bias',
  gamma: 'gamma',
  beta: 'beta',
  movingMean: 'moving_mean',
  movingVariance: 'moving_variance',
}

/** The golden file's scales. @see scripts/weights/golden_backbones/formula.py */
export interface FormulaScales {
  readonly gain: number
  readonly variance: number
}

/**
 * A parameter's values by the formula of scripts/weights/golden_backbones/formula.py, which both sides compute from the publisher's name
 * and layout of a tensor: so the tables of names and the layouts are tested with the layers.
 */
export function formulaValues(
  backbone: Backbone,
  convention: Convention,
  parameter: ParameterSpec,
  scales: FormulaScales,
): Float32Array {
  const { name, node, role, shape } = parameter
  const exception = backbone.foreignParameters?.[convention]?.(name)
  const values = new Float32Array(elementCount(shape))
  if (exception !== undefined && 'constant' in exception) return values.fill(exception.constant)
  const layer = exception?.layer ?? backbone.foreignNames?.[convention]?.(node)
  if (typeof layer !== 'string') throw new Error(`'${name}' has no name under ${convention}.`)
  const foreign =
    convention === 'keras'
      ? kerasTensor(`${layer}/${exception?.weight ?? kerasWeights[role]}`, parameter)
      : torchTensor(`${layer}.${exception?.weight ?? torchWeights[role]}`, parameter)
  const seed = hashName(foreign.name)
  const scale = scaleOf(role, foreign.fanIn, scales)
  for (let index = 0; index < values.length; index += 1) {
    values[index] = scale(uniform(seed, foreign.indexOf(index)))
  }
  return values
}

/**
 * A tensor of a Keras model's values by the same formula.
 *
 * @param name `<layer>/<weight>`, as Keras 2 and TensorFlow.js have it
 */
export function kerasFormulaTensor(
  name: string,
  shape: readonly number[],
  scales: FormulaScales = { gain: 1, variance: 1 },
): Float32Array {
  const weight = name.slice(name.lastIndexOf('/') + 1)
  const role = kerasRoles[weight]
  if (role === undefined) throw new Error(`'${weight}' is no weight that the formula knows.`)
  const { fanIn } = kerasTensor(name, { role, shape })
  const [seed, scale] = [hashName(name), scaleOf(role, fanIn, scales)]
  return Float32Array.from({ length: elementCount(shape) }, (_value, index) => scale(uniform(seed, index)))
}

const kerasRoles: Readonly<Record<string, ParameterRole>> = {
  kernel: 'kernel',
  pointwise_kernel: 'kernel',
  depthwise_kernel: 'depthwiseKernel',
  bias: 'bias',
  gamma: 'gamma',
  beta: 'beta',
  moving_mean: 'movingMean',
  moving_variance: 'movingVariance',
}

function scaleOf(
  role: ParameterRole,
  fanIn: number,
  { gain, variance }: FormulaScales,
): (u: number) => number {
  switch (role) {
    case 'kernel':
    case 'depthwiseKernel': {
      const limit = Math.sqrt(6 / fanIn)
      return (u) => u * limit
    }
    case 'gamma': {
      const factor = gain * Math.sqrt(variance)
      return (u) => factor * (1 + 0.2 * u)
    }
    case 'movingVariance':
      return (u) => variance * (1 + 0.5 * u)
    default:
      return (u) => 0.1 * u
  }
}

function kerasTensor(name: string, { role, shape }: Pick<ParameterSpec, 'role' | 'shape'>): ForeignTensor {
  const positions = (shape[0] ?? 1) * (shape[1] ?? 1)
  const fanIn = role === 'depthwiseKernel' ? positions : elementCount(shape.slice(0, -1))
  return { name, fanIn, indexOf: (index) => index }
}

/** PyTorch's layouts: [out, in, height, width], [channels * multiplier, 1, height, width], [out, in]. */
function torchTensor(name: string, { role, shape }: ParameterSpec): ForeignTensor {
  if (shape.length === 1) return { name, fanIn: 1, indexOf: (index) => index }
  const [height, width, inputs, outputs] =
    shape.length === 2 ? [1, 1, ...(shape as [number, number])] : (shape as [number, number, number, number])
  const positions = height * width
  if (role === 'depthwiseKernel') {
    const channels = inputs * outputs
    return {
      name,
      fanIn: positions,
      indexOf: (index) => (index % channels) * positions + Math.floor(index / channels),
    }
  }
  return {
    name,
    fanIn: positions * inputs,
    indexOf: (index) => {
      const output = index % outputs
      const rest = Math.floor(index / outputs)
      return (output * inputs + (rest % inputs)) * positions + Math.floor(rest / inputs)
    },
  }
}

/** FNV-1a, 32 bits. */
function hashName(name: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < name.length; index += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193)
  }
  return hash >>> 0
}

/** -1 up to 1. */
function uniform(seed: number, index: number): number {
  let x = (Math.imul(index, 0x9e3779b9) + seed) | 0
  x ^= x >>> 16
  x = Math.imul(x, 0x85ebca6b)
  x ^= x >>> 13
  x = Math.imul(x, 0xc2b2ae35)
  x ^= x >>> 16
  return (x >>> 0) / 2 ** 31 - 1
}
