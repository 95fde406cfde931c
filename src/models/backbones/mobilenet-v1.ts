import type { Backbone, BackboneMeta } from '../backbone.ts'
import { createGraphBuilder } from '../graph-builder.ts'
import type { Graph } from '../graph.ts'
import type { Padding } from '../windows.ts'
import { kerasFile, kerasTfPreprocessing } from './publishers.ts'

/** `[filters, stride]` of the separable convolutions. @see https://arxiv.org/abs/1704.04861 table 1 */
const blocks = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [1024, 2],
  [1024, 1],
] as const

const stemFilters = 32
const inputSize = 224
const classes = 1000

interface Variant {
  readonly meta: BackboneMeta
  /** The width multiplier: the share of the filters that there are. */
  readonly alpha: number
}

function build({ meta, alpha }: Variant, size: number, withClassifier: boolean): Graph {
  const builder = createGraphBuilder(size, { epsilon: 1e-3, momentum: 0.99 })
  const scale = (filters: number): number => Math.floor(filters * alpha)
  const normalize = (name: string, input: string): string =>
    builder.apply('relu6', `${name}_relu`, builder.batchNormalization(`${name}_bn`, input))
  builder.startBlock('stem')
  const stem = { filters: scale(stemFilters), kernel: 3, stride: 2, padding: 'same' } as const
  let last = normalize('conv1', builder.conv2d('conv1', builder.input, stem))
  let side = Math.ceil(size / 2)
  blocks.forEach(([filters, stride], index) => {
    const number = index + 1
    builder.startBlock(`block ${number}`)
    const depthwise = { kernel: 3, stride, padding: stride === 1 ? 'same' : stridedPadding(side) } as const
    last = builder.depthwiseConv2d(`conv_dw_${number}`, last, depthwise)
    last = normalize(`conv_dw_${number}`, last)
    last = builder.conv2d(`conv_pw_${number}`, last, { filters: scale(filters), kernel: 1 })
    last = normalize(`conv_pw_${number}`, last)
    side = Math.floor(side / stride)
  })
  builder.startBlock('top')
  last = builder.apply('globalAveragePooling2d', 'global_average_pooling2d', last)
  if (!withClassifier) return builder.build(meta.id, last)
  builder.startBlock('classifier')
  last = builder.add('reshape', 'reshape_1', last, { shape: [1, 1, scale(1024)] })
  last = builder.add('dropout', 'dropout', last, { rate: 1e-3 })
  last = builder.conv2d('conv_preds', last, { filters: classes, kernel: 1, useBias: true })
  return builder.build(meta.id, builder.add('reshape', 'reshape_2', last, { shape: [classes] }))
}

/** Keras pads a pixel at the bottom and right whatever the size, and drops what is left; for an even side that is 'same'. */
function stridedPadding(side: number): Padding {
  return side % 2 === 0
    ? 'same'
    : [
        [0, 1],
        [0, 1],
      ]
}

function backboneOf(alpha: number, id: string, file: string): Backbone {
  const meta: BackboneMeta = {
    id,
    family: 'MobileNetV1',
    inputSize,
    minimumInputSize: 32,
    preprocessing: kerasTfPreprocessing,
    featureLayer: 'global_average_pooling2d',
    licence: 'Apache-2.0',
    paper: 'https://arxiv.org/abs/1704.04861',
    weights: [kerasFile(`mobilenet/${file}`)],
  }
  const variant = { meta, alpha }
  return {
    meta,
    build: (size = inputSize) => build(variant, size, false),
    buildClassifier: (size = inputSize) => build(variant, size, true),
    foreignNames: { keras: (node) => node },
  }
}

/** MobileNet as Keras has it: depthwise convolutions, each with a normalization and ReLU6, then convolutions of one pixel. */
export const mobileNetV1: readonly Backbone[] = [
  backboneOf(0.25, 'mobilenet_v1_0.25', 'mobilenet_2_5_224_tf'),
  backboneOf(0.5, 'mobilenet_v1_0.5', 'mobilenet_5_0_224_tf'),
  backboneOf(0.75, 'mobilenet_v1_0.75', 'mobilenet_7_5_224_tf'),
  backboneOf(1, 'mobilenet_v1_1.0', 'mobilenet_1_0_224_tf'),
]
