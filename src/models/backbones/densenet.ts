import type { Backbone, BackboneMeta } from '../backbone.ts'
import type { GraphBuilder } from '../graph-builder.ts'
import { createGraphBuilder, evenPadding } from '../graph-builder.ts'
import type { Graph } from '../graph.ts'
import {
  kerasTorchPreprocessing,
  kerasWeights,
  torchvisionPreprocessing,
  torchvisionWeights,
} from './publishers.ts'

const depths = [6, 12, 24, 16] as const
const growth = 32
const bottleneck = 4 * growth
const classes = 1000

const meta: BackboneMeta = {
  id: 'densenet121',
  family: 'DenseNet',
  inputSize: 224,
  minimumInputSize: 32,
  preprocessing: torchvisionPreprocessing,
  featureLayer: 'avgpool',
  licence: 'BSD-3-Clause',
  paper: 'https://arxiv.org/abs/1608.06993',
  weights: [
    torchvisionWeights('densenet121-a639ec97'),
    kerasWeights(
      'densenet/densenet121_weights_tf_dim_ordering_tf_kernels',
      '9d60b8095a5708f2dcce2bca79d332c7',
    ),
  ],
}

function build(size: number, withClassifier: boolean): Graph {
  const builder = createGraphBuilder(size, { epsilon: 1e-5, momentum: 0.9 })
  builder.startBlock('stem')
  let last = builder.conv2d('features.conv0', builder.input, {
    filters: 64,
    kernel: 7,
    stride: 2,
    padding: evenPadding(3),
  })
  last = activate(builder, 'features.norm0', 'features.relu0', last)
  last = builder.maxPooling2d('features.pool0', last, { kernel: 3, stride: 2, padding: evenPadding(1) })
  let channels = 64
  depths.forEach((depth, stage) => {
    const block = `features.denseblock${stage + 1}`
    builder.startBlock(`denseblock${stage + 1}`)
    for (let index = 1; index <= depth; index += 1) {
      last = appendDenseLayer(builder, `${block}.denselayer${index}`, last)
      channels += growth
    }
    if (stage === depths.length - 1) return
    const transition = `features.transition${stage + 1}`
    builder.startBlock(`transition${stage + 1}`)
    channels /= 2
    last = activate(builder, `${transition}.norm`, `${transition}.relu`, last)
    last = builder.conv2d(`${transition}.conv`, last, { filters: channels, kernel: 1 })
    last = builder.averagePooling2d(`${transition}.pool`, last, { kernel: 2, stride: 2 })
  })
  builder.startBlock('top')
  last = activate(builder, 'features.norm5', 'relu', last)
  last = builder.apply('globalAveragePooling2d', 'avgpool', last)
  if (withClassifier) {
    builder.startBlock('classifier')
    last = builder.dense('classifier', last, classes)
  }
  return builder.build(meta.id, last)
}

/** Its value is its input with 32 more channels. */
function appendDenseLayer(builder: GraphBuilder, prefix: string, input: string): string {
  let last = activate(builder, `${prefix}.norm1`, `${prefix}.relu1`, input)
  last = builder.conv2d(`${prefix}.conv1`, last, { filters: bottleneck, kernel: 1 })
  last = activate(builder, `${prefix}.norm2`, `${prefix}.relu2`, last)
  last = builder.conv2d(`${prefix}.conv2`, last, { filters: growth, kernel: 3, padding: 'same' })
  return builder.apply('concatenate', `${prefix}.concat`, input, last)
}

function activate(builder: GraphBuilder, normalization: string, activation: string, input: string): string {
  return builder.apply('relu', activation, builder.batchNormalization(normalization, input))
}

/** Keras's names: blocks count from the stem, and a layer's parts are numbered. */
function toKeras(node: string): string | null {
  const dense = /^features\.denseblock(\d)\.denselayer(\d+)\.(norm1|conv1|norm2|conv2)$/.exec(node)
  if (dense !== null) {
    const part = { norm1: '0_bn', conv1: '1_conv', norm2: '1_bn', conv2: '2_conv' }[dense[3] ?? '']
    return `conv${Number(dense[1]) + 1}_block${dense[2]}_${part}`
  }
  const transition = /^features\.transition(\d)\.(norm|conv)$/.exec(node)
  if (transition !== null) {
    return `pool${Number(transition[1]) + 1}_${transition[2] === 'norm' ? 'bn' : 'conv'}`
  }
  const others: Readonly<Record<string, string>> = {
    'features.conv0': 'conv1_conv',
    'features.norm0': 'conv1_bn',
    'features.norm5': 'bn',
    classifier: 'predictions',
  }
  return others[node] ?? null
}

/**
 * DenseNet121 under torchvision's names. Keras's epsilon is 1.001e-5, which changes no feature by more than rounding does, so its
 * weights fit the same graph.
 */
export const denseNet: readonly Backbone[] = [
  {
    meta,
    build: (size = meta.inputSize) => build(size, false),
    buildClassifier: (size = meta.inputSize) => build(size, true),
    foreignNames: { torch: (node) => node, keras: toKeras },
    // The published file is older than the rule that a module's name has no dot: `norm.1` is `norm1` today.
    formerNames: {
      torch: (tensor) => tensor.replace(/(\.denselayer\d+\.(?:norm|relu|conv))\.([12])\./, '$1$2.'),
    },
    preprocessingOf: { keras: kerasTorchPreprocessing },
  },
]
