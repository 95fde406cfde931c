import type { Backbone, BackboneMeta } from '../backbone.ts'
import type { GraphBuilder } from '../graph-builder.ts'
import { createGraphBuilder, evenPadding } from '../graph-builder.ts'
import type { Graph } from '../graph.ts'
import { torchvisionPreprocessing, torchvisionWeights } from './publishers.ts'

/** What distinguishes the members of the family. */
interface Variant {
  readonly meta: BackboneMeta
  /** Residual blocks in each of the four stages. */
  readonly depths: readonly [number, number, number, number]
  /** basic: two 3x3 convolutions; bottleneck: 1x1, 3x3, 1x1, the last with four times the filters. */
  readonly kind: 'basic' | 'bottleneck'
}

const inputSize = 224
const classes = 1000

interface Unit {
  readonly prefix: string
  readonly filters: number
  readonly stride: number
  /** Whether the shortcut needs a convolution: where size or channels change. */
  readonly projected: boolean
}

function build({ meta, depths, kind }: Variant, size: number, withClassifier: boolean): Graph {
  const builder = createGraphBuilder(size, { epsilon: 1e-5, momentum: 0.9 })
  const appendUnit = kind === 'basic' ? appendBasic : appendBottleneck
  builder.startBlock('stem')
  let last = builder.conv2d('conv1', builder.input, {
    filters: 64,
    kernel: 7,
    stride: 2,
    padding: evenPadding(3),
  })
  last = builder.apply('relu', 'relu', builder.batchNormalization('bn1', last))
  last = builder.maxPooling2d('maxpool', last, { kernel: 3, stride: 2, padding: evenPadding(1) })
  depths.forEach((depth, stage) => {
    builder.startBlock(`layer${stage + 1}`)
    for (let index = 0; index < depth; index += 1) {
      const stride = stage > 0 && index === 0 ? 2 : 1
      last = appendUnit(builder, last, {
        prefix: `layer${stage + 1}.${index}`,
        filters: 64 * 2 ** stage,
        stride,
        projected: index === 0 && (stage > 0 || kind === 'bottleneck'),
      })
    }
  })
  builder.startBlock('top')
  last = builder.apply('globalAveragePooling2d', 'avgpool', last)
  if (withClassifier) {
    builder.startBlock('classifier')
    last = builder.dense('fc', last, classes)
  }
  return builder.build(meta.id, last)
}

function appendBasic(builder: GraphBuilder, input: string, unit: Unit): string {
  const { prefix, filters, stride } = unit
  let last = convolve(builder, unit, input, 1, { filters, kernel: 3, stride, padding: evenPadding(1) })
  last = builder.apply('relu', `${prefix}.relu1`, last)
  last = convolve(builder, unit, last, 2, { filters, kernel: 3, padding: evenPadding(1) })
  return appendSum(builder, input, last, unit, filters)
}

/** The stride is in the 3x3 convolution, as in torchvision. @see https://ngc.nvidia.com/catalog/model-scripts/nvidia:resnet_50_v1_5_for_pytorch */
function appendBottleneck(builder: GraphBuilder, input: string, unit: Unit): string {
  const { prefix, filters, stride } = unit
  let last = convolve(builder, unit, input, 1, { filters, kernel: 1 })
  last = builder.apply('relu', `${prefix}.relu1`, last)
  last = convolve(builder, unit, last, 2, { filters, kernel: 3, stride, padding: evenPadding(1) })
  last = builder.apply('relu', `${prefix}.relu2`, last)
  last = convolve(builder, unit, last, 3, { filters: 4 * filters, kernel: 1 })
  return appendSum(builder, input, last, unit, 4 * filters)
}

function convolve(
  builder: GraphBuilder,
  { prefix }: Unit,
  input: string,
  number: number,
  options: Parameters<GraphBuilder['conv2d']>[2],
): string {
  return builder.batchNormalization(
    `${prefix}.bn${number}`,
    builder.conv2d(`${prefix}.conv${number}`, input, options),
  )
}

function appendSum(
  builder: GraphBuilder,
  input: string,
  last: string,
  { prefix, stride, projected }: Unit,
  filters: number,
): string {
  let shortcut = input
  if (projected) {
    shortcut = builder.conv2d(`${prefix}.downsample.0`, input, { filters, kernel: 1, stride })
    shortcut = builder.batchNormalization(`${prefix}.downsample.1`, shortcut)
  }
  return builder.apply('relu', `${prefix}.relu`, builder.apply('add', `${prefix}.add`, last, shortcut))
}

function backboneOf(id: string, kind: Variant['kind'], depths: Variant['depths'], file: string): Backbone {
  const meta: BackboneMeta = {
    id,
    family: 'ResNet',
    inputSize,
    minimumInputSize: 32,
    preprocessing: torchvisionPreprocessing,
    featureLayer: 'avgpool',
    licence: 'BSD-3-Clause',
    paper: 'https://arxiv.org/abs/1512.03385',
    weights: [torchvisionWeights(file)],
  }
  const variant = { meta, kind, depths }
  return {
    meta,
    build: (size = inputSize) => build(variant, size, false),
    buildClassifier: (size = inputSize) => build(variant, size, true),
    foreignNames: { torch: (node) => node },
  }
}

/** Residual networks as torchvision has them. Activations and sums, which share a module or have no name there, end in `relu1`, `relu2`, `add`. */
export const resNet: readonly Backbone[] = [
  backboneOf('resnet18', 'basic', [2, 2, 2, 2], 'resnet18-f37072fd'),
  backboneOf('resnet34', 'basic', [3, 4, 6, 3], 'resnet34-b627a593'),
  backboneOf('resnet50', 'bottleneck', [3, 4, 6, 3], 'resnet50-0676ba61'),
  backboneOf('resnet101', 'bottleneck', [3, 4, 23, 3], 'resnet101-63fe2227'),
]
