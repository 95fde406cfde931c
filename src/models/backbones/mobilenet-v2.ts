import type { Backbone, BackboneMeta } from '../backbone.ts'
import { createGraphBuilder } from '../graph-builder.ts'
import type { Graph } from '../graph.ts'
import type { ConvolutionNames, InvertedResidualNames, MobilePadding } from './inverted-residual.ts'
import {
  appendInvertedResidual,
  kerasPadding,
  roundFilters,
  torchvisionConvolution,
  torchvisionPadding,
  type InvertedResidual,
} from './inverted-residual.ts'
import {
  kerasFile,
  kerasTfPreprocessing,
  torchvisionPreprocessing,
  torchvisionWeights,
} from './publishers.ts'

/** `[expansion, filters, repeats, stride]` of the stages. @see https://arxiv.org/abs/1801.04381 table 2 */
const stages = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const

const stemFilters = 32
const topFilters = 1280
const inputSize = 224
const classes = 1000

/** What differs between the publishers besides the names: padding, and the normalizations' constants. */
interface Publisher {
  readonly normalization: { readonly epsilon: number; readonly momentum: number }
  readonly padding: MobilePadding
  readonly stem: ConvolutionNames
  readonly block: (index: number, expands: boolean) => InvertedResidualNames
  readonly top: ConvolutionNames
  readonly features: string
  readonly dropout?: string
  readonly logits: string
}

const keras: Publisher = {
  normalization: { epsilon: 1e-3, momentum: 0.999 },
  padding: kerasPadding,
  stem: { convolution: 'Conv1', normalization: 'bn_Conv1', activation: 'Conv1_relu' },
  block: (index) => {
    const prefix = index === 0 ? 'expanded_conv' : `block_${index}`
    const layer = (part: string): ConvolutionNames => ({
      convolution: `${prefix}_${part}`,
      normalization: `${prefix}_${part}_BN`,
      activation: `${prefix}_${part}_relu`,
    })
    return {
      expand: layer('expand'),
      depthwise: layer('depthwise'),
      project: layer('project'),
      add: `${prefix}_add`,
    }
  },
  top: { convolution: 'Conv_1', normalization: 'Conv_1_bn', activation: 'out_relu' },
  features: 'global_average_pooling2d',
  logits: 'predictions',
}

const torchvision: Publisher = {
  normalization: { epsilon: 1e-5, momentum: 0.9 },
  padding: torchvisionPadding,
  stem: torchvisionConvolution('features.0'),
  block: (index, expands) => {
    const prefix = `features.${index + 1}`
    const depthwise = Number(expands)
    return {
      expand: torchvisionConvolution(`${prefix}.conv.0`),
      depthwise: torchvisionConvolution(`${prefix}.conv.${depthwise}`),
      project: {
        convolution: `${prefix}.conv.${depthwise + 1}`,
        normalization: `${prefix}.conv.${depthwise + 2}`,
      },
      add: `${prefix}.add`,
    }
  },
  top: torchvisionConvolution('features.18'),
  features: 'avgpool',
  dropout: 'classifier.0',
  logits: 'classifier.1',
}

interface Variant {
  readonly meta: BackboneMeta
  readonly publisher: Publisher
  /** The width multiplier. */
  readonly alpha: number
}

function build({ meta, publisher, alpha }: Variant, size: number, withClassifier: boolean): Graph {
  const { normalization, padding, stem, top } = publisher
  const builder = createGraphBuilder(size, normalization)
  let filters = roundFilters(stemFilters * alpha)
  builder.startBlock('stem')
  let last = builder.conv2d(stem.convolution, builder.input, {
    filters,
    kernel: 3,
    stride: 2,
    padding: padding(3),
  })
  last = builder.batchNormalization(stem.normalization, last)
  last = builder.apply('relu6', stem.activation, last)
  let index = 0
  for (const [expansion, stageFilters, repeats, stageStride] of stages) {
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      const block: InvertedResidual = {
        inputFilters: filters,
        expandedFilters: filters * expansion,
        outputFilters: roundFilters(stageFilters * alpha),
        kernel: 3,
        stride: repeat === 0 ? stageStride : 1,
        activation: 'relu6',
      }
      const names = publisher.block(index, expansion > 1)
      builder.startBlock(`block ${index}`)
      last = appendInvertedResidual(builder, last, block, names, padding)
      filters = block.outputFilters
      index += 1
    }
  }
  builder.startBlock('top')
  last = builder.conv2d(top.convolution, last, {
    filters: roundFilters(topFilters * Math.max(alpha, 1)),
    kernel: 1,
  })
  last = builder.batchNormalization(top.normalization, last)
  last = builder.apply('relu6', top.activation, last)
  last = builder.apply('globalAveragePooling2d', publisher.features, last)
  if (!withClassifier) return builder.build(meta.id, last)
  builder.startBlock('classifier')
  if (publisher.dropout !== undefined) last = builder.add('dropout', publisher.dropout, last, { rate: 0.2 })
  return builder.build(meta.id, builder.dense(publisher.logits, last, classes))
}

const common = {
  family: 'MobileNetV2',
  inputSize,
  minimumInputSize: 32,
  paper: 'https://arxiv.org/abs/1801.04381',
} as const

/** @param alpha as in the id and in the name of Keras's file */
function kerasBackbone(alpha: string): Backbone {
  const meta: BackboneMeta = {
    ...common,
    id: `mobilenet_v2_${alpha}`,
    preprocessing: kerasTfPreprocessing,
    featureLayer: keras.features,
    licence: 'Apache-2.0',
    weights: [kerasFile(`mobilenet_v2/mobilenet_v2_weights_tf_dim_ordering_tf_kernels_${alpha}_224`)],
  }
  const variant = { meta, publisher: keras, alpha: Number(alpha) }
  return {
    meta,
    build: (size = inputSize) => build(variant, size, false),
    buildClassifier: (size = inputSize) => build(variant, size, true),
    foreignNames: { keras: (node) => node },
  }
}

const torchvisionVariant: Variant = {
  meta: {
    ...common,
    id: 'mobilenet_v2_1.0-torchvision',
    preprocessing: torchvisionPreprocessing,
    featureLayer: torchvision.features,
    licence: 'BSD-3-Clause',
    weights: [torchvisionWeights('mobilenet_v2-7ebf99e0'), torchvisionWeights('mobilenet_v2-b0353104')],
  },
  publisher: torchvision,
  alpha: 1,
}

/**
 * MobileNetV2 in Keras's six widths, and torchvision's apart: it pads alike on all sides, so that its windows of stride 2 begin a pixel
 * earlier, and its epsilon is a hundredth of Keras's.
 */
export const mobileNetV2: readonly Backbone[] = [
  ...['0.35', '0.5', '0.75', '1.0', '1.3', '1.4'].map(kerasBackbone),
  {
    meta: torchvisionVariant.meta,
    build: (size = inputSize) => build(torchvisionVariant, size, false),
    buildClassifier: (size = inputSize) => build(torchvisionVariant, size, true),
    foreignNames: { torch: (node) => node },
  },
]
