import type { Backbone, BackboneMeta, WeightSource } from '../backbone.ts'
import type { GraphBuilder } from '../graph-builder.ts'
import { createGraphBuilder } from '../graph-builder.ts'
import type { Graph } from '../graph.ts'
import type { ConvolutionNames, InvertedResidualNames, MobilePadding } from './inverted-residual.ts'
import {
  appendInvertedResidual,
  kerasPadding,
  roundFilters,
  torchvisionConvolution,
  torchvisionNames,
  torchvisionPadding,
  type InvertedResidual,
} from './inverted-residual.ts'
import {
  kerasTfPreprocessing,
  kerasWeights,
  torchvisionPreprocessing,
  torchvisionWeights,
} from './publishers.ts'

/** A block: kernel, filters within and at its end, whether it squeezes, its activation, stride. */
type Block = readonly [
  kernel: number,
  expanded: number,
  filters: number,
  squeeze: boolean,
  activation: 'relu' | 'hardSwish',
  stride: 1 | 2,
]

/** The blocks, and the filters of the dense layer before the classifier's. @see https://arxiv.org/abs/1905.02244 tables 1 and 2 */
const sizes = {
  large: {
    hidden: 1280,
    blocks: [
      [3, 16, 16, false, 'relu', 1],
      [3, 64, 24, false, 'relu', 2],
      [3, 72, 24, false, 'relu', 1],
      [5, 72, 40, true, 'relu', 2],
      [5, 120, 40, true, 'relu', 1],
      [5, 120, 40, true, 'relu', 1],
      [3, 240, 80, false, 'hardSwish', 2],
      [3, 200, 80, false, 'hardSwish', 1],
      [3, 184, 80, false, 'hardSwish', 1],
      [3, 184, 80, false, 'hardSwish', 1],
      [3, 480, 112, true, 'hardSwish', 1],
      [3, 672, 112, true, 'hardSwish', 1],
      [5, 672, 160, true, 'hardSwish', 2],
      [5, 960, 160, true, 'hardSwish', 1],
      [5, 960, 160, true, 'hardSwish', 1],
    ],
  },
  small: {
    hidden: 1024,
    blocks: [
      [3, 16, 16, true, 'relu', 2],
      [3, 72, 24, false, 'relu', 2],
      [3, 88, 24, false, 'relu', 1],
      [5, 96, 40, true, 'hardSwish', 2],
      [5, 240, 40, true, 'hardSwish', 1],
      [5, 240, 40, true, 'hardSwish', 1],
      [5, 120, 48, true, 'hardSwish', 1],
      [5, 144, 48, true, 'hardSwish', 1],
      [5, 288, 96, true, 'hardSwish', 2],
      [5, 576, 96, true, 'hardSwish', 1],
      [5, 576, 96, true, 'hardSwish', 1],
    ],
  },
} as const satisfies Readonly<Record<string, { hidden: number; blocks: readonly Block[] }>>

const stemFilters = 16
const inputSize = 224
const classes = 1000

type SizeName = keyof typeof sizes

/** What differs between the publishers. */
interface Publisher {
  readonly momentum: number
  readonly padding: MobilePadding
  readonly stem: ConvolutionNames
  readonly block: (index: number, parts: { expands: boolean; squeezes: boolean }) => InvertedResidualNames
  readonly top: (blocks: number) => ConvolutionNames
  readonly features: string
  /** Of `channels` features, through a layer of `hidden`. */
  readonly appendClassifier: (
    builder: GraphBuilder,
    input: string,
    channels: number,
    hidden: number,
  ) => string
}

const torchvision: Publisher = {
  momentum: 0.99,
  padding: torchvisionPadding,
  stem: torchvisionConvolution('features.0'),
  block: (index, parts) => torchvisionNames(`features.${index + 1}`, parts),
  top: (blocks) => torchvisionConvolution(`features.${blocks + 1}`),
  features: 'avgpool',
  appendClassifier: (builder, input, _channels, hidden) => {
    let last = builder.apply('hardSwish', 'classifier.1', builder.dense('classifier.0', input, hidden))
    last = builder.add('dropout', 'classifier.2', last, { rate: 0.2 })
    return builder.dense('classifier.3', last, classes)
  },
}

/** Keras gives the activations no names of their own. */
const keras: Publisher = {
  momentum: 0.999,
  padding: kerasPadding,
  stem: kerasConvolution('conv'),
  block: (index) => {
    const prefix = index === 0 ? 'expanded_conv' : `expanded_conv_${index}`
    const squeeze = `${prefix}_squeeze_excite`
    return {
      expand: kerasConvolution(`${prefix}_expand`),
      depthwise: kerasConvolution(`${prefix}_depthwise`),
      squeeze: {
        pooling: `${squeeze}_avg_pool`,
        reshape: `${squeeze}_reshape`,
        reduce: `${squeeze}_conv`,
        reduceActivation: `${squeeze}_relu`,
        expand: `${squeeze}_conv_1`,
        gate: `${squeeze}_hard_sigmoid`,
        multiply: `${squeeze}_mul`,
      },
      project: kerasConvolution(`${prefix}_project`),
      add: `${prefix}_add`,
    }
  },
  top: () => kerasConvolution('conv_1'),
  features: 'global_average_pooling2d',
  appendClassifier: (builder, input, channels, hidden) => {
    let last = builder.add('reshape', 'global_average_pooling2d_reshape', input, { shape: [1, 1, channels] })
    last = builder.conv2d('conv_2', last, { filters: hidden, kernel: 1, useBias: true })
    last = builder.apply('hardSwish', 'conv_2_activation', last)
    last = builder.add('dropout', 'dropout', last, { rate: 0.2 })
    last = builder.conv2d('logits', last, { filters: classes, kernel: 1, useBias: true })
    return builder.apply('flatten', 'flatten', last)
  },
}

function kerasConvolution(name: string): ConvolutionNames {
  return { convolution: name, normalization: `${name}_bn`, activation: `${name}_activation` }
}

function build(id: string, sizeName: SizeName, publisher: Publisher, size: number, whole: boolean): Graph {
  const { padding, stem } = publisher
  const { blocks, hidden } = sizes[sizeName]
  const builder = createGraphBuilder(size, { epsilon: 1e-3, momentum: publisher.momentum })
  builder.startBlock('stem')
  const options = { filters: stemFilters, kernel: 3, stride: 2, padding: padding(3) }
  let last = builder.conv2d(stem.convolution, builder.input, options)
  last = builder.apply('hardSwish', stem.activation, builder.batchNormalization(stem.normalization, last))
  let filters = stemFilters
  blocks.forEach(([kernel, expandedFilters, outputFilters, squeezes, activation, stride], index) => {
    const block: InvertedResidual = {
      inputFilters: filters,
      expandedFilters,
      outputFilters,
      kernel,
      stride,
      activation,
      ...(squeezes
        ? { squeeze: { filters: roundFilters(expandedFilters / 4), activation: 'relu', gate: 'hardSigmoid' } }
        : {}),
    }
    const names = publisher.block(index, { expands: expandedFilters !== filters, squeezes })
    builder.startBlock(`block ${index}`)
    last = appendInvertedResidual(builder, last, block, names, padding)
    filters = outputFilters
  })
  builder.startBlock('top')
  const top = publisher.top(blocks.length)
  last = builder.conv2d(top.convolution, last, { filters: 6 * filters, kernel: 1 })
  last = builder.apply('hardSwish', top.activation, builder.batchNormalization(top.normalization, last))
  last = builder.apply('globalAveragePooling2d', publisher.features, last)
  if (whole) {
    builder.startBlock('classifier')
    last = publisher.appendClassifier(builder, last, 6 * filters, hidden)
  }
  return builder.build(id, last)
}

const common = {
  family: 'MobileNetV3',
  inputSize,
  minimumInputSize: 32,
  paper: 'https://arxiv.org/abs/1905.02244',
} as const

function torchvisionBackbone(sizeName: SizeName, ...weights: WeightSource[]): Backbone {
  const meta: BackboneMeta = {
    ...common,
    id: `mobilenet_v3_${sizeName}`,
    preprocessing: torchvisionPreprocessing,
    featureLayer: torchvision.features,
    licence: 'BSD-3-Clause',
    weights,
  }
  return {
    meta,
    build: (size = inputSize) => build(meta.id, sizeName, torchvision, size, false),
    buildClassifier: (size = inputSize) => build(meta.id, sizeName, torchvision, size, true),
    foreignNames: { torch: (node) => node },
  }
}

function kerasBackbone(sizeName: SizeName, md5: string): Backbone {
  const meta: BackboneMeta = {
    ...common,
    id: `mobilenet_v3_${sizeName}-keras`,
    // Within Keras's network, a rescaling.
    preprocessing: kerasTfPreprocessing,
    featureLayer: keras.features,
    licence: 'Apache-2.0',
    weights: [kerasWeights(`mobilenet_v3/weights_mobilenet_v3_${sizeName}_224_1.0_float`, md5)],
  }
  return {
    meta,
    build: (size = inputSize) => build(meta.id, sizeName, keras, size, false),
    buildClassifier: (size = inputSize) => build(meta.id, sizeName, keras, size, true),
    foreignNames: { keras: (node) => node },
    formerNames: { keras: formerName },
  }
}

/** The published files are older than today's names, which have no slash and no capitals: `expanded_conv_1/expand/BatchNorm/gamma`. */
function formerName(tensor: string): string {
  return tensor
    .replace(/^(Conv|Logits)/, (start) => start.toLowerCase())
    .replace('squeeze_excite/Conv', 'squeeze_excite_conv')
    .replace(/^(expanded_conv(?:_\d+)?)\//, '$1_')
    .replace('/BatchNorm/', '_bn/')
}

/** MobileNetV3, twice: torchvision pads alike on all sides, so that its windows of stride 2 begin a pixel earlier than Keras's. */
export const mobileNetV3: readonly Backbone[] = [
  torchvisionBackbone('small', torchvisionWeights('mobilenet_v3_small-047dcff4')),
  torchvisionBackbone(
    'large',
    torchvisionWeights('mobilenet_v3_large-5c1a4163'),
    torchvisionWeights('mobilenet_v3_large-8738ca79'),
  ),
  kerasBackbone('small', '8768d4c2e7dee89b9d02b2d03d65d862'),
  kerasBackbone('large', '59e551e166be033d707958cf9e29a6a7'),
]
