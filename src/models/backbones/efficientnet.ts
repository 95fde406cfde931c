import type { Backbone, BackboneMeta, WeightSource } from '../backbone.ts'
import { createGraphBuilder } from '../graph-builder.ts'
import type { Graph } from '../graph.ts'
import { efficientNetFilters, efficientNetStages } from './efficientnet-stages.ts'
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
import { kerasTorchPreprocessing, torchvisionPreprocessing, torchvisionWeights } from './publishers.ts'

const classes = 1000

/** How a member scales B0. */
interface Scaling {
  readonly width: number
  readonly depth: number
  /** Of the classifier. */
  readonly dropout: number
}

const scalings = {
  b0: { width: 1, depth: 1, dropout: 0.2 },
  b1: { width: 1, depth: 1.1, dropout: 0.2 },
  b2: { width: 1.1, depth: 1.2, dropout: 0.3 },
  b3: { width: 1.2, depth: 1.4, dropout: 0.3 },
} as const satisfies Readonly<Record<string, Scaling>>

type Member = keyof typeof scalings

/** A block's place: `index` counts within the stage; both from 0. */
interface Place {
  readonly stage: number
  readonly index: number
}

/** What differs between the publishers. */
interface Publisher {
  readonly normalization: { readonly epsilon: number; readonly momentum: number }
  readonly padding: MobilePadding
  readonly stem: ConvolutionNames
  readonly block: (place: Place, expands: boolean) => InvertedResidualNames
  readonly top: ConvolutionNames
  readonly features: string
  readonly dropout: string
  readonly logits: string
}

const torchvision: Publisher = {
  normalization: { epsilon: 1e-5, momentum: 0.9 },
  padding: torchvisionPadding,
  stem: torchvisionConvolution('features.0'),
  block: ({ stage, index }, expands) =>
    torchvisionNames(`features.${stage + 1}.${index}`, { expands, squeezes: true }),
  top: torchvisionConvolution('features.8'),
  features: 'avgpool',
  dropout: 'classifier.0',
  logits: 'classifier.1',
}

const keras: Publisher = {
  normalization: { epsilon: 1e-3, momentum: 0.99 },
  padding: kerasPadding,
  stem: kerasConvolution('stem'),
  block: ({ stage, index }) => {
    const prefix = `block${stage + 1}${String.fromCharCode('a'.charCodeAt(0) + index)}`
    return {
      expand: kerasConvolution(`${prefix}_expand`),
      depthwise: {
        convolution: `${prefix}_dwconv`,
        normalization: `${prefix}_bn`,
        activation: `${prefix}_activation`,
      },
      squeeze: {
        pooling: `${prefix}_se_squeeze`,
        reshape: `${prefix}_se_reshape`,
        reduce: `${prefix}_se_reduce`,
        reduceActivation: `${prefix}_se_reduce_activation`,
        expand: `${prefix}_se_expand`,
        gate: `${prefix}_se_expand_activation`,
        multiply: `${prefix}_se_excite`,
      },
      project: kerasConvolution(`${prefix}_project`),
      add: `${prefix}_add`,
    }
  },
  top: kerasConvolution('top'),
  features: 'avg_pool',
  dropout: 'top_dropout',
  logits: 'predictions',
}

function kerasConvolution(prefix: string): ConvolutionNames {
  return {
    convolution: `${prefix}_conv`,
    normalization: `${prefix}_bn`,
    activation: `${prefix}_activation`,
  }
}

function build(id: string, member: Member, publisher: Publisher, size: number, whole: boolean): Graph {
  const { width, depth, dropout } = scalings[member]
  const { normalization, padding, stem, top } = publisher
  const builder = createGraphBuilder(size, normalization)
  let filters = roundFilters(efficientNetFilters.stem * width)
  builder.startBlock('stem')
  const options = { filters, kernel: 3, stride: 2, padding: padding(3) }
  let last = builder.conv2d(stem.convolution, builder.input, options)
  last = builder.apply('swish', stem.activation, builder.batchNormalization(stem.normalization, last))
  efficientNetStages.forEach(([repeats, kernel, stageStride, expansion, stageFilters], stage) => {
    for (let index = 0; index < Math.ceil(depth * repeats); index += 1) {
      const block: InvertedResidual = {
        inputFilters: filters,
        expandedFilters: filters * expansion,
        outputFilters: roundFilters(stageFilters * width),
        kernel,
        stride: index === 0 ? stageStride : 1,
        activation: 'swish',
        // A quarter of the filters at the block's beginning, not of those within.
        squeeze: { filters: Math.floor(filters / 4), activation: 'swish', gate: 'sigmoid' },
      }
      const names = publisher.block({ stage, index }, expansion > 1)
      builder.startBlock(`block ${stage + 1}.${index}`)
      last = appendInvertedResidual(builder, last, block, names, padding)
      filters = block.outputFilters
    }
  })
  builder.startBlock('top')
  last = builder.conv2d(top.convolution, last, {
    filters: roundFilters(efficientNetFilters.top * width),
    kernel: 1,
  })
  last = builder.apply('swish', top.activation, builder.batchNormalization(top.normalization, last))
  last = builder.apply('globalAveragePooling2d', publisher.features, last)
  if (whole) {
    builder.startBlock('classifier')
    last = builder.add('dropout', publisher.dropout, last, { rate: dropout })
    last = builder.dense(publisher.logits, last, classes)
  }
  return builder.build(id, last)
}

const common = {
  family: 'EfficientNet',
  minimumInputSize: 32,
  paper: 'https://arxiv.org/abs/1905.11946',
} as const

function torchvisionBackbone(member: Member, inputSize: number, ...files: string[]): Backbone {
  const meta: BackboneMeta = {
    ...common,
    id: `efficientnet-${member}`,
    inputSize,
    preprocessing: torchvisionPreprocessing,
    featureLayer: torchvision.features,
    licence: 'BSD-3-Clause',
    weights: files.map(torchvisionWeights),
  }
  return {
    meta,
    build: (size = inputSize) => build(meta.id, member, torchvision, size, false),
    buildClassifier: (size = inputSize) => build(meta.id, member, torchvision, size, true),
    foreignNames: { torch: (node) => node },
  }
}

function kerasBackbone(member: Member, inputSize: number, md5: string): Backbone {
  const meta: BackboneMeta = {
    ...common,
    id: `efficientnet-${member}-keras`,
    inputSize,
    // Within Keras's network, a rescaling and a normalization.
    preprocessing: kerasTorchPreprocessing,
    featureLayer: keras.features,
    licence: 'Apache-2.0',
    weights: [kerasWeightsOf(member, md5)],
  }
  return {
    meta,
    build: (size = inputSize) => build(meta.id, member, keras, size, false),
    buildClassifier: (size = inputSize) => build(meta.id, member, keras, size, true),
    foreignNames: { keras: (node) => node },
    trainingOnly: { keras: /^normalization(?:_\d+)?\// },
  }
}

/** Unlike Keras's other files, these are not below `tensorflow/`. */
function kerasWeightsOf(member: Member, md5: string): WeightSource {
  return {
    kind: 'download',
    url: `https://storage.googleapis.com/keras-applications/efficientnet${member}.h5`,
    convention: 'keras',
    hash: { md5 },
    origin: 'Keras applications, trained on ImageNet-1k',
  }
}

/**
 * EfficientNet, twice: torchvision pads alike on all sides, so that its windows of stride 2 begin a pixel earlier than Keras's, its epsilon
 * is a hundredth of Keras's, and its B2 was trained at another size.
 */
export const efficientNet: readonly Backbone[] = [
  torchvisionBackbone('b0', 224, 'efficientnet_b0_rwightman-7f5810bc'),
  torchvisionBackbone('b1', 240, 'efficientnet_b1-c27df63c', 'efficientnet_b1_rwightman-bac287d4'),
  torchvisionBackbone('b2', 288, 'efficientnet_b2_rwightman-c35c1473'),
  torchvisionBackbone('b3', 300, 'efficientnet_b3_rwightman-b3899882'),
  kerasBackbone('b0', 224, '902e53a9f72be733fc0bcb005b3ebbac'),
  kerasBackbone('b1', 240, '1d254153d4ab51201f1646940f018540'),
  kerasBackbone('b2', 260, 'b15cce36ff4dcbd00b6dd88e7857a6ad'),
  kerasBackbone('b3', 300, 'ffd1fdc53d0ce67064dc6a9c7960ede0'),
]
