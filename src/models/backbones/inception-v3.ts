import type { Backbone, BackboneMeta } from '../backbone.ts'
import { createGraphBuilder, evenPadding } from '../graph-builder.ts'
import type { Graph } from '../graph.ts'
import type { Size2d } from '../windows.ts'
import { kerasTfPreprocessing, kerasWeights, torchvisionWeights } from './publishers.ts'

const inputSize = 299
const classes = 1000

/** One convolution with its normalization and activation: `[name, filters, kernel, stride]`. At stride 1 it keeps the size, at 2 it has no padding. */
type Convolution = readonly [name: string, filters: number, kernel: number | Size2d, stride?: number]

/** What happens to a block's input before its maps are put side by side: one after another; at the end, perhaps several side by side. */
interface Branch {
  readonly pooling?: 'average' | 'max'
  readonly convolutions?: readonly Convolution[]
  /** Convolutions of the branch's last map, whose values are put side by side. */
  readonly split?: readonly [Convolution, Convolution]
}

interface Block {
  readonly name: string
  readonly branches: readonly Branch[]
}

const row: Size2d = [1, 7]
const column: Size2d = [7, 1]

function blockA(name: string, poolFilters: number): Block {
  return {
    name,
    branches: [
      { convolutions: [['branch1x1', 64, 1]] },
      {
        convolutions: [
          ['branch5x5_1', 48, 1],
          ['branch5x5_2', 64, 5],
        ],
      },
      {
        convolutions: [
          ['branch3x3dbl_1', 64, 1],
          ['branch3x3dbl_2', 96, 3],
          ['branch3x3dbl_3', 96, 3],
        ],
      },
      { pooling: 'average', convolutions: [['branch_pool', poolFilters, 1]] },
    ],
  }
}

function blockC(name: string, filters: number): Block {
  return {
    name,
    branches: [
      { convolutions: [['branch1x1', 192, 1]] },
      {
        convolutions: [
          ['branch7x7_1', filters, 1],
          ['branch7x7_2', filters, row],
          ['branch7x7_3', 192, column],
        ],
      },
      {
        convolutions: [
          ['branch7x7dbl_1', filters, 1],
          ['branch7x7dbl_2', filters, column],
          ['branch7x7dbl_3', filters, row],
          ['branch7x7dbl_4', filters, column],
          ['branch7x7dbl_5', 192, row],
        ],
      },
      { pooling: 'average', convolutions: [['branch_pool', 192, 1]] },
    ],
  }
}

function blockE(name: string): Block {
  return {
    name,
    branches: [
      { convolutions: [['branch1x1', 320, 1]] },
      {
        convolutions: [['branch3x3_1', 384, 1]],
        split: [
          ['branch3x3_2a', 384, [1, 3]],
          ['branch3x3_2b', 384, [3, 1]],
        ],
      },
      {
        convolutions: [
          ['branch3x3dbl_1', 448, 1],
          ['branch3x3dbl_2', 384, 3],
        ],
        split: [
          ['branch3x3dbl_3a', 384, [1, 3]],
          ['branch3x3dbl_3b', 384, [3, 1]],
        ],
      },
      { pooling: 'average', convolutions: [['branch_pool', 192, 1]] },
    ],
  }
}

const blocks: readonly Block[] = [
  blockA('Mixed_5b', 32),
  blockA('Mixed_5c', 64),
  blockA('Mixed_5d', 64),
  {
    name: 'Mixed_6a',
    branches: [
      { convolutions: [['branch3x3', 384, 3, 2]] },
      {
        convolutions: [
          ['branch3x3dbl_1', 64, 1],
          ['branch3x3dbl_2', 96, 3],
          ['branch3x3dbl_3', 96, 3, 2],
        ],
      },
      { pooling: 'max' },
    ],
  },
  blockC('Mixed_6b', 128),
  blockC('Mixed_6c', 160),
  blockC('Mixed_6d', 160),
  blockC('Mixed_6e', 192),
  {
    name: 'Mixed_7a',
    branches: [
      {
        convolutions: [
          ['branch3x3_1', 192, 1],
          ['branch3x3_2', 320, 3, 2],
        ],
      },
      {
        convolutions: [
          ['branch7x7x3_1', 192, 1],
          ['branch7x7x3_2', 192, row],
          ['branch7x7x3_3', 192, column],
          ['branch7x7x3_4', 192, 3, 2],
        ],
      },
      { pooling: 'max' },
    ],
  },
  blockE('Mixed_7b'),
  blockE('Mixed_7c'),
]

/** What differs between the publishers: names, and whether the mean of a pooling counts the padding. */
interface Publisher {
  readonly momentum: number
  readonly countIncludePadding: boolean
  /** The names of the `index`th convolution, its normalization and its activation; `name` is torchvision's. */
  readonly layers: (name: string, index: number) => { conv: string; norm: string; relu: string }
  readonly block: (name: string, index: number) => string
  readonly features: string
  readonly logits: string
}

const torchvision: Publisher = {
  momentum: 0.9,
  countIncludePadding: true,
  layers: (name) => ({ conv: `${name}.conv`, norm: `${name}.bn`, relu: `${name}.relu` }),
  block: (name) => name,
  features: 'avgpool',
  logits: 'fc',
}

const keras: Publisher = {
  momentum: 0.99,
  countIncludePadding: false,
  layers: (_name, index) => {
    const suffix = index === 0 ? '' : `_${index}`
    return { conv: `conv2d${suffix}`, norm: `batch_normalization${suffix}`, relu: `activation${suffix}` }
  },
  block: (_name, index) => `mixed${index}`,
  features: 'avg_pool',
  logits: 'predictions',
}

function build(id: string, publisher: Publisher, size: number, withClassifier: boolean): Graph {
  const builder = createGraphBuilder(size, { epsilon: 1e-3, momentum: publisher.momentum })
  let convolutions = 0
  const convolve = (
    prefix: string,
    input: string,
    [name, filters, kernel, stride = 1]: Convolution,
    padding: 'same' | 'valid' = stride === 1 ? 'same' : 'valid',
  ): string => {
    const { conv, norm, relu } = publisher.layers(prefix + name, convolutions)
    convolutions += 1
    const last = builder.conv2d(conv, input, { filters, kernel, stride, padding })
    return builder.apply('relu', relu, builder.batchNormalization(norm, last))
  }
  const appendBranch = (prefix: string, input: string, branch: Branch): string[] => {
    let last = input
    if (branch.pooling === 'max')
      last = builder.maxPooling2d(`${prefix}max_pool`, last, { kernel: 3, stride: 2 })
    if (branch.pooling === 'average') {
      const { countIncludePadding } = publisher
      const options = { kernel: 3, padding: evenPadding(1), countIncludePadding }
      last = builder.averagePooling2d(`${prefix}average_pool`, last, options)
    }
    for (const convolution of branch.convolutions ?? []) last = convolve(prefix, last, convolution)
    // Put side by side at once, in place of twice: the values are in the same order.
    return branch.split?.map((convolution) => convolve(prefix, last, convolution)) ?? [last]
  }

  builder.startBlock('stem')
  let last = convolve('', builder.input, ['Conv2d_1a_3x3', 32, 3, 2])
  last = convolve('', last, ['Conv2d_2a_3x3', 32, 3], 'valid')
  last = convolve('', last, ['Conv2d_2b_3x3', 64, 3])
  last = builder.maxPooling2d('maxpool1', last, { kernel: 3, stride: 2 })
  last = convolve('', last, ['Conv2d_3b_1x1', 80, 1], 'valid')
  last = convolve('', last, ['Conv2d_4a_3x3', 192, 3], 'valid')
  last = builder.maxPooling2d('maxpool2', last, { kernel: 3, stride: 2 })
  blocks.forEach((block, index) => {
    const name = publisher.block(block.name, index)
    builder.startBlock(name)
    const input = last
    const maps = block.branches.flatMap((branch) => appendBranch(`${name}.`, input, branch))
    last = builder.apply('concatenate', name, ...maps)
  })
  builder.startBlock('top')
  last = builder.apply('globalAveragePooling2d', publisher.features, last)
  if (withClassifier) {
    builder.startBlock('classifier')
    last = builder.dense(publisher.logits, last, classes)
  }
  return builder.build(id, last)
}

const common = {
  family: 'Inception',
  inputSize,
  minimumInputSize: 75,
  paper: 'https://arxiv.org/abs/1512.00567',
} as const

const torchvisionMeta: BackboneMeta = {
  ...common,
  id: 'inception_v3',
  // torchvision normalizes as for its other networks, and turns that into -1 to 1 within the network.
  preprocessing: { ...kerasTfPreprocessing, resize: 'cover' },
  featureLayer: torchvision.features,
  licence: 'BSD-3-Clause',
  weights: [torchvisionWeights('inception_v3_google-0cc3c7bd')],
}

const kerasMeta: BackboneMeta = {
  ...common,
  id: 'inception_v3-keras',
  preprocessing: kerasTfPreprocessing,
  featureLayer: keras.features,
  licence: 'Apache-2.0',
  weights: [
    kerasWeights(
      'inception_v3/inception_v3_weights_tf_dim_ordering_tf_kernels',
      '9a0d58056eeedaa3f26cb7ebd46da564',
    ),
  ],
}

/**
 * Inception V3, twice: torchvision counts the padding in its mean poolings and Keras does not, so that no graph gives what both give.
 * Keras's normalizations have no gamma.
 */
export const inceptionV3: readonly Backbone[] = [
  {
    meta: torchvisionMeta,
    build: (size = inputSize) => build(torchvisionMeta.id, torchvision, size, false),
    buildClassifier: (size = inputSize) => build(torchvisionMeta.id, torchvision, size, true),
    foreignNames: { torch: (node) => node },
    trainingOnly: { torch: /^AuxLogits\./ },
  },
  {
    meta: kerasMeta,
    build: (size = inputSize) => build(kerasMeta.id, keras, size, false),
    buildClassifier: (size = inputSize) => build(kerasMeta.id, keras, size, true),
    foreignNames: { keras: (node) => node },
    foreignParameters: {
      keras: (parameter) => (parameter.endsWith('/gamma') ? { constant: 1 } : undefined),
    },
  },
]
