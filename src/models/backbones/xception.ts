import type { Backbone, BackboneMeta } from '../backbone.ts'
import type { GraphBuilder } from '../graph-builder.ts'
import { createGraphBuilder } from '../graph-builder.ts'
import type { Graph } from '../graph.ts'
import { kerasTfPreprocessing, kerasWeights } from './publishers.ts'

const inputSize = 299
const classes = 1000

const meta: BackboneMeta = {
  id: 'xception',
  family: 'Xception',
  inputSize,
  minimumInputSize: 71,
  preprocessing: kerasTfPreprocessing,
  featureLayer: 'avg_pool',
  licence: 'MIT',
  paper: 'https://arxiv.org/abs/1610.02357',
  weights: [
    kerasWeights('xception/xception_weights_tf_dim_ordering_tf_kernels', '0a58e3b7378bc2990ea3b43d5981f1f6'),
  ],
}

/** The ending of the depthwise half of a layer that is one at Keras, a `SeparableConv2D`. */
const depthwiseEnding = '_depthwise'

function build(size: number, withClassifier: boolean): Graph {
  const builder = createGraphBuilder(size, { epsilon: 1e-3, momentum: 0.99 })
  let residuals = 0
  /** Keras numbers these layers by their order. */
  const numbered = (name: string): string => (residuals === 0 ? name : `${name}_${residuals}`)
  const appendPooled = (block: number, input: string, middle: number, filters: number): string => {
    builder.startBlock(`block${block}`)
    let residual = builder.conv2d(numbered('conv2d'), input, {
      filters,
      kernel: 1,
      stride: 2,
      padding: 'same',
    })
    residual = builder.batchNormalization(numbered('batch_normalization'), residual)
    // The first activation is already in the stem.
    let last = block === 2 ? input : builder.apply('relu', `block${block}_sepconv1_act`, input)
    last = appendSeparable(builder, `block${block}_sepconv1`, last, middle)
    last = builder.apply('relu', `block${block}_sepconv2_act`, last)
    last = appendSeparable(builder, `block${block}_sepconv2`, last, filters)
    const window = { kernel: 3, stride: 2, padding: 'same' } as const
    last = builder.maxPooling2d(`block${block}_pool`, last, window)
    residuals += 1
    return builder.apply('add', sumOf(block), last, residual)
  }

  builder.startBlock('block1')
  let last = builder.conv2d('block1_conv1', builder.input, { filters: 32, kernel: 3, stride: 2 })
  last = builder.apply('relu', 'block1_conv1_act', builder.batchNormalization('block1_conv1_bn', last))
  last = builder.conv2d('block1_conv2', last, { filters: 64, kernel: 3 })
  last = builder.apply('relu', 'block1_conv2_act', builder.batchNormalization('block1_conv2_bn', last))
  last = appendPooled(2, last, 128, 128)
  last = appendPooled(3, last, 256, 256)
  last = appendPooled(4, last, 728, 728)
  for (let block = 5; block <= 12; block += 1) {
    builder.startBlock(`block${block}`)
    const input = last
    for (const part of [1, 2, 3]) {
      last = builder.apply('relu', `block${block}_sepconv${part}_act`, last)
      last = appendSeparable(builder, `block${block}_sepconv${part}`, last, 728)
    }
    last = builder.apply('add', sumOf(block), last, input)
  }
  last = appendPooled(13, last, 728, 1024)
  builder.startBlock('block14')
  last = appendSeparable(builder, 'block14_sepconv1', last, 1536)
  last = builder.apply('relu', 'block14_sepconv1_act', last)
  last = appendSeparable(builder, 'block14_sepconv2', last, 2048)
  last = builder.apply('relu', 'block14_sepconv2_act', last)
  builder.startBlock('top')
  last = builder.apply('globalAveragePooling2d', meta.featureLayer, last)
  if (withClassifier) {
    builder.startBlock('classifier')
    last = builder.dense('predictions', last, classes)
  }
  return builder.build(meta.id, last)
}

function sumOf(block: number): string {
  return block === 2 ? 'add' : `add_${block - 2}`
}

/** Keras's `SeparableConv2D` with its normalization; the layer's own name is that of its second half, whose value it is. */
function appendSeparable(builder: GraphBuilder, name: string, input: string, filters: number): string {
  const options = { kernel: 3, padding: 'same' } as const
  let last = builder.depthwiseConv2d(`${name}${depthwiseEnding}`, input, options)
  last = builder.conv2d(name, last, { filters, kernel: 1 })
  return builder.batchNormalization(`${name}_bn`, last)
}

/** Xception as Keras has it: separable convolutions with residual connections. */
export const xception: readonly Backbone[] = [
  {
    meta,
    build: (size = inputSize) => build(size, false),
    buildClassifier: (size = inputSize) => build(size, true),
    foreignNames: {
      keras: (node) => (node.endsWith(depthwiseEnding) ? node.slice(0, -depthwiseEnding.length) : node),
    },
    foreignParameters: {
      keras: (parameter) => {
        const [, layer, role] = /^(.*_sepconv\d)(_depthwise\/depthwiseKernel|\/kernel)$/.exec(parameter) ?? []
        if (layer === undefined) return undefined
        return { layer, weight: role === '/kernel' ? 'pointwise_kernel' : 'depthwise_kernel' }
      },
    },
  },
]
