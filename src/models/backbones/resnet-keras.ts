import type { Backbone, BackboneMeta } from '../backbone.ts'
import type { GraphBuilder } from '../graph-builder.ts'
import { createGraphBuilder, evenPadding } from '../graph-builder.ts'
import type { Graph } from '../graph.ts'
import { kerasCaffePreprocessing, kerasWeights } from './publishers.ts'

const depths = [3, 4, 6, 3] as const
const classes = 1000

const meta: BackboneMeta = {
  id: 'resnet50-keras',
  family: 'ResNet',
  inputSize: 224,
  minimumInputSize: 32,
  preprocessing: kerasCaffePreprocessing,
  featureLayer: 'avg_pool',
  licence: 'MIT',
  paper: 'https://arxiv.org/abs/1512.03385',
  weights: [
    kerasWeights('resnet/resnet50_weights_tf_dim_ordering_tf_kernels', '2cb95161c43110f7111970584f804107'),
  ],
}

function build(size: number, withClassifier: boolean): Graph {
  const builder = createGraphBuilder(size, { epsilon: 1.001e-5, momentum: 0.99 })
  builder.startBlock('conv1')
  // Keras pads in layers of their own; before a pooling zeros are as good as nothing, as no value there is below zero.
  let last = convolve(builder, 'conv1', builder.input, {
    filters: 64,
    kernel: 7,
    stride: 2,
    padding: evenPadding(3),
  })
  last = builder.apply('relu', 'conv1_relu', last)
  last = builder.maxPooling2d('pool1_pool', last, { kernel: 3, stride: 2, padding: evenPadding(1) })
  depths.forEach((depth, stage) => {
    builder.startBlock(`conv${stage + 2}`)
    for (let index = 1; index <= depth; index += 1) {
      const stride = stage > 0 && index === 1 ? 2 : 1
      last = appendUnit(builder, `conv${stage + 2}_block${index}`, last, 64 * 2 ** stage, stride, index === 1)
    }
  })
  builder.startBlock('top')
  last = builder.apply('globalAveragePooling2d', 'avg_pool', last)
  if (withClassifier) {
    builder.startBlock('classifier')
    last = builder.dense('predictions', last, classes)
  }
  return builder.build(meta.id, last)
}

/** A bottleneck whose first convolution has the stride, as in the paper. */
function appendUnit(
  builder: GraphBuilder,
  prefix: string,
  input: string,
  filters: number,
  stride: number,
  projected: boolean,
): string {
  const shortcut = projected
    ? convolve(builder, `${prefix}_0`, input, { filters: 4 * filters, kernel: 1, stride })
    : input
  let last = convolve(builder, `${prefix}_1`, input, { filters, kernel: 1, stride })
  last = builder.apply('relu', `${prefix}_1_relu`, last)
  last = convolve(builder, `${prefix}_2`, last, { filters, kernel: 3, padding: 'same' })
  last = builder.apply('relu', `${prefix}_2_relu`, last)
  last = convolve(builder, `${prefix}_3`, last, { filters: 4 * filters, kernel: 1 })
  return builder.apply('relu', `${prefix}_out`, builder.apply('add', `${prefix}_add`, shortcut, last))
}

function convolve(
  builder: GraphBuilder,
  prefix: string,
  input: string,
  options: Parameters<GraphBuilder['conv2d']>[2],
): string {
  const convolution = builder.conv2d(`${prefix}_conv`, input, { ...options, useBias: true })
  return builder.batchNormalization(`${prefix}_bn`, convolution)
}

/** Keras's ResNet50: strides in the first 1x1 convolution, biases, and an epsilon of its own, so its weights fit no other graph. */
export const resNetKeras: readonly Backbone[] = [
  {
    meta,
    build: (size = meta.inputSize) => build(size, false),
    buildClassifier: (size = meta.inputSize) => build(size, true),
    foreignNames: { keras: (node) => node },
  },
]
