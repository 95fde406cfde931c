import { AppError } from '../contract/errors.ts'
import type { Padding, Size2d, Window2d } from './windows.ts'
import { windowOutputSize } from './windows.ts'

/** How a parameter starts when it is trained from nothing. @see initializers.ts */
export type Initializer = 'glorotUniform' | 'heNormal' | 'zeros' | 'ones'

/** What a parameter is to its layer; the last part of its name. */
export type ParameterRole =
  'kernel' | 'bias' | 'depthwiseKernel' | 'gamma' | 'beta' | 'movingMean' | 'movingVariance'

/** The attributes of each op. Sizes, strides and dilations are `[height, width]`. */
export interface Attributes {
  /** The image (or, after a cut, the activations at the boundary), without the batch. */
  input: { readonly shape: readonly number[] }
  conv2d: {
    readonly filters: number
    readonly kernelSize: Size2d
    readonly strides: Size2d
    readonly padding: Padding
    readonly dilation: Size2d
    readonly useBias: boolean
  }
  depthwiseConv2d: {
    readonly kernelSize: Size2d
    readonly strides: Size2d
    readonly padding: Padding
    readonly dilation: Size2d
    readonly depthMultiplier: number
    readonly useBias: boolean
  }
  /** `momentum` is TensorFlow's: moving = moving * momentum + batch * (1 - momentum). */
  batchNormalization: { readonly epsilon: number; readonly momentum: number }
  relu: Record<never, never>
  relu6: Record<never, never>
  add: Record<never, never>
  globalAveragePooling2d: Record<never, never>
  flatten: Record<never, never>
  dense: { readonly units: number; readonly useBias: boolean; readonly kernelInitializer: Initializer }
  /** `rate` is the share of values set to zero in training; the others are scaled by 1 / (1 - rate). */
  dropout: { readonly rate: number }
}

/** The name of an operation. */
export type Op = keyof Attributes

/** A parameter as its op declares it. */
export interface OpParameter {
  readonly role: ParameterRole
  readonly shape: readonly number[]
  /** Whether gradients may change it: false for the moving statistics of batch normalization. */
  readonly trainable: boolean
  readonly initializer: Initializer
}

/** One row of the op table. Shapes are without the batch. */
export interface OpDefinition<K extends Op> {
  /** How many inputs it takes. */
  readonly inputs: { readonly minimum: number; readonly maximum: number }
  /** Whether it gives different values for the same input in training: such a node is never in a frozen part. */
  readonly stochastic?: (attributes: Attributes[K]) => boolean
  /** @throws AppError 'plan-invalid' */
  readonly inferShape: (inputs: readonly Shape[], attributes: Attributes[K]) => Shape
  /** Its parameters in their canonical order. TensorFlow's layouts. */
  readonly parameters?: (inputs: readonly Shape[], attributes: Attributes[K]) => OpParameter[]
  /** Floating-point operations for one example; a multiply-add counts as two. */
  readonly flops: (inputs: readonly Shape[], attributes: Attributes[K], output: Shape) => number
}

type Shape = readonly number[]

/** Every operation a graph may hold. To add one is to add its row here; the executors then fail to compile until they know it. */
export const ops: { readonly [K in Op]: OpDefinition<K> } = {
  input: {
    inputs: { minimum: 0, maximum: 0 },
    inferShape: (_inputs, { shape }) => shape,
    flops: () => 0,
  },
  conv2d: {
    inputs: { minimum: 1, maximum: 1 },
    inferShape: (inputs, attributes) => [...windowSize(inputs, attributes), attributes.filters],
    parameters: (inputs, { kernelSize, filters, useBias }) => {
      const kernelShape = [...kernelSize, featureMap(inputs)[2], filters]
      return [kernel('kernel', kernelShape, 'heNormal'), ...biases(useBias, filters)]
    },
    flops: (inputs, { kernelSize, useBias }, output) =>
      sizeOf(output) * (2 * kernelSize[0] * kernelSize[1] * featureMap(inputs)[2] + Number(useBias)),
  },
  depthwiseConv2d: {
    inputs: { minimum: 1, maximum: 1 },
    inferShape: (inputs, attributes) => [
      ...windowSize(inputs, attributes),
      featureMap(inputs)[2] * attributes.depthMultiplier,
    ],
    parameters: (inputs, { kernelSize, depthMultiplier, useBias }) => {
      const channels = featureMap(inputs)[2]
      const kernelShape = [...kernelSize, channels, depthMultiplier]
      return [
        kernel('depthwiseKernel', kernelShape, 'heNormal'),
        ...biases(useBias, channels * depthMultiplier),
      ]
    },
    flops: (_inputs, { kernelSize, useBias }, output) =>
      sizeOf(output) * (2 * kernelSize[0] * kernelSize[1] + Number(useBias)),
  },
  batchNormalization: {
    inputs: { minimum: 1, maximum: 1 },
    inferShape: first,
    parameters: (inputs) => {
      const shape = [lastOf(first(inputs))]
      return [
        { role: 'gamma', shape, trainable: true, initializer: 'ones' },
        { role: 'beta', shape, trainable: true, initializer: 'zeros' },
        { role: 'movingMean', shape, trainable: false, initializer: 'zeros' },
        { role: 'movingVariance', shape, trainable: false, initializer: 'ones' },
      ]
    },
    flops: (_inputs, _attributes, output) => 2 * sizeOf(output),
  },
  relu: elementwise(),
  relu6: elementwise(),
  add: {
    inputs: { minimum: 2, maximum: Infinity },
    inferShape: (inputs) => {
      const shape = first(inputs)
      if (inputs.some((other) => other.join() !== shape.join())) {
        throw shapeInvalid(`'add' takes inputs of one shape; it got ${inputs.map(show).join(' and ')}`)
      }
      return shape
    },
    flops: (inputs, _attributes, output) => (inputs.length - 1) * sizeOf(output),
  },
  globalAveragePooling2d: {
    inputs: { minimum: 1, maximum: 1 },
    inferShape: (inputs) => [featureMap(inputs)[2]],
    flops: (inputs) => sizeOf(first(inputs)),
  },
  flatten: {
    inputs: { minimum: 1, maximum: 1 },
    inferShape: (inputs) => [sizeOf(first(inputs))],
    flops: () => 0,
  },
  dense: {
    inputs: { minimum: 1, maximum: 1 },
    inferShape: (inputs, { units }) => {
      vector(inputs)
      return [units]
    },
    parameters: (inputs, { units, useBias, kernelInitializer }) => [
      kernel('kernel', [vector(inputs), units], kernelInitializer),
      ...biases(useBias, units),
    ],
    flops: (inputs, { units, useBias }) => units * (2 * vector(inputs) + Number(useBias)),
  },
  dropout: {
    inputs: { minimum: 1, maximum: 1 },
    stochastic: ({ rate }) => rate > 0,
    inferShape: first,
    flops: (_inputs, _attributes, output) => sizeOf(output),
  },
}

function elementwise(): OpDefinition<'relu'> & OpDefinition<'relu6'> {
  return {
    inputs: { minimum: 1, maximum: 1 },
    inferShape: first,
    flops: (_inputs, _attributes, output) => sizeOf(output),
  }
}

function kernel(role: ParameterRole, shape: number[], initializer: Initializer): OpParameter {
  return { role, shape, trainable: true, initializer }
}

function biases(useBias: boolean, units: number): OpParameter[] {
  return useBias ? [{ role: 'bias', shape: [units], trainable: true, initializer: 'zeros' }] : []
}

function windowSize(inputs: readonly Shape[], window: Window2d): [number, number] {
  const [height, width] = featureMap(inputs)
  return windowOutputSize([height, width], window)
}

function first(inputs: readonly Shape[]): Shape {
  return inputs[0] ?? []
}

function featureMap(inputs: readonly Shape[]): readonly [number, number, number] {
  const [height, width, channels, ...rest] = first(inputs)
  if (height === undefined || width === undefined || channels === undefined || rest.length > 0) {
    throw shapeInvalid(`a feature map [height, width, channels] is expected; it got ${show(first(inputs))}`)
  }
  return [height, width, channels]
}

function vector(inputs: readonly Shape[]): number {
  const [features, ...rest] = first(inputs)
  if (features === undefined || rest.length > 0) {
    throw shapeInvalid(`a vector [features] is expected; it got ${show(first(inputs))}`)
  }
  return features
}

function lastOf(shape: Shape): number {
  return shape[shape.length - 1] ?? 1
}

function sizeOf(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1)
}

function show(shape: Shape): string {
  return `[${shape.join(', ')}]`
}

function shapeInvalid(problem: string): Error {
  return new AppError('plan-invalid', `The layers of this network do not fit together: ${problem}.`)
}
