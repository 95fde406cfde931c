import type { GraphBuilder } from '../graph-builder.ts'
import { evenPadding } from '../graph-builder.ts'
import type { Padding } from '../windows.ts'

/** The names of a convolution, its normalization and its activation. */
export interface ConvolutionNames {
  readonly convolution: string
  readonly normalization: string
  readonly activation: string
}

/** The names of squeeze-and-excitation's layers, in their order. */
export interface SqueezeNames {
  readonly pooling: string
  readonly reshape: string
  readonly reduce: string
  readonly reduceActivation: string
  readonly expand: string
  readonly gate: string
  readonly multiply: string
}

/** What a publisher calls the layers of a block. The names of `expand` are not used where a block does not expand. */
export interface InvertedResidualNames {
  readonly expand: ConvolutionNames
  readonly depthwise: ConvolutionNames
  readonly squeeze?: SqueezeNames
  readonly project: Omit<ConvolutionNames, 'activation'>
  readonly add: string
}

/** One block of a mobile network. Where it has no more filters within than at its input, it does not expand. */
export interface InvertedResidual {
  readonly inputFilters: number
  readonly expandedFilters: number
  readonly outputFilters: number
  readonly kernel: number
  readonly stride: 1 | 2
  readonly activation: 'relu' | 'relu6' | 'swish' | 'hardSwish'
  readonly squeeze?: SqueezeExcitation
}

/** Each channel weighed by what its mean, and those of the others, tell. @see https://arxiv.org/abs/1709.01507 */
export interface SqueezeExcitation {
  readonly filters: number
  readonly activation: 'relu' | 'swish'
  readonly gate: 'sigmoid' | 'hardSigmoid'
}

/** How the two publishers pad: Keras as TensorFlow does ('same', also where it pads in a layer of its own), torchvision alike on all sides. */
export type MobilePadding = (kernel: number) => Padding

export const kerasPadding: MobilePadding = () => 'same'

export const torchvisionPadding: MobilePadding = (kernel) => evenPadding((kernel - 1) / 2)

/**
 * A block that widens its input, convolves each channel by itself and narrows it again; summed with its input where the shapes agree.
 *
 * @returns the name of its last layer
 * @see https://arxiv.org/abs/1801.04381
 */
export function appendInvertedResidual(
  builder: GraphBuilder,
  input: string,
  block: InvertedResidual,
  names: InvertedResidualNames,
  padding: MobilePadding,
): string {
  const { expandedFilters, inputFilters, outputFilters, kernel, stride, activation, squeeze } = block
  let last = input
  if (expandedFilters !== inputFilters) {
    const { expand } = names
    last = builder.conv2d(expand.convolution, last, { filters: expandedFilters, kernel: 1 })
    last = builder.batchNormalization(expand.normalization, last)
    last = builder.apply(activation, expand.activation, last)
  }
  const { depthwise, project } = names
  last = builder.depthwiseConv2d(depthwise.convolution, last, { kernel, stride, padding: padding(kernel) })
  last = builder.batchNormalization(depthwise.normalization, last)
  last = builder.apply(activation, depthwise.activation, last)
  if (squeeze !== undefined) {
    if (names.squeeze === undefined) throw new Error(`The squeezing layers of '${names.add}' have no names.`)
    last = appendSqueezeExcitation(builder, last, expandedFilters, squeeze, names.squeeze)
  }
  last = builder.conv2d(project.convolution, last, { filters: outputFilters, kernel: 1 })
  last = builder.batchNormalization(project.normalization, last)
  if (stride === 1 && inputFilters === outputFilters) last = builder.apply('add', names.add, input, last)
  return last
}

function appendSqueezeExcitation(
  builder: GraphBuilder,
  input: string,
  channels: number,
  { filters, activation, gate }: SqueezeExcitation,
  names: SqueezeNames,
): string {
  let last = builder.apply('globalAveragePooling2d', names.pooling, input)
  last = builder.add('reshape', names.reshape, last, { shape: [1, 1, channels] })
  last = builder.conv2d(names.reduce, last, { filters, kernel: 1, useBias: true })
  last = builder.apply(activation, names.reduceActivation, last)
  last = builder.conv2d(names.expand, last, { filters: channels, kernel: 1, useBias: true })
  last = builder.apply(gate, names.gate, last)
  return builder.apply('multiply', names.multiply, input, last)
}

/** torchvision's modules of a block of MobileNetV3 and EfficientNet: they are numbered, and a part that is not there has no number. */
export function torchvisionNames(
  prefix: string,
  { expands, squeezes }: { readonly expands: boolean; readonly squeezes: boolean },
): InvertedResidualNames {
  const depthwise = Number(expands)
  const squeeze = depthwise + 1
  const project = squeeze + Number(squeezes)
  return {
    expand: torchvisionConvolution(`${prefix}.block.0`),
    depthwise: torchvisionConvolution(`${prefix}.block.${depthwise}`),
    squeeze: {
      pooling: `${prefix}.block.${squeeze}.avgpool`,
      reshape: `${prefix}.block.${squeeze}.reshape`,
      reduce: `${prefix}.block.${squeeze}.fc1`,
      reduceActivation: `${prefix}.block.${squeeze}.activation`,
      expand: `${prefix}.block.${squeeze}.fc2`,
      gate: `${prefix}.block.${squeeze}.scale_activation`,
      multiply: `${prefix}.block.${squeeze}.multiply`,
    },
    project: torchvisionConvolution(`${prefix}.block.${project}`),
    add: `${prefix}.add`,
  }
}

/** The modules of torchvision's `Conv2dNormActivation`. */
export function torchvisionConvolution(prefix: string): ConvolutionNames {
  return { convolution: `${prefix}.0`, normalization: `${prefix}.1`, activation: `${prefix}.2` }
}

/** The nearest multiple of 8, at least 8, and never less than nine tenths: how mobile networks scale their filters. */
export function roundFilters(filters: number): number {
  const rounded = Math.max(8, Math.floor((filters + 4) / 8) * 8)
  return rounded < 0.9 * filters ? rounded + 8 : rounded
}
