import type { Backbone, BackboneMeta, ForeignParameter } from '../backbone.ts'
import type { GraphBuilder } from '../graph-builder.ts'
import { createGraphBuilder } from '../graph-builder.ts'
import type { Graph } from '../graph.ts'
import { kerasTorchPreprocessing, torchvisionPreprocessing, torchvisionWeights } from './publishers.ts'

/** Blocks and filters of the four stages. @see https://arxiv.org/abs/2201.03545 section 3 */
const stages = [
  [3, 96],
  [3, 192],
  [9, 384],
  [3, 768],
] as const

const inputSize = 224
const classes = 1000
const epsilon = 1e-6

const meta: BackboneMeta = {
  id: 'convnext_tiny',
  family: 'ConvNeXt',
  inputSize,
  minimumInputSize: 32,
  preprocessing: torchvisionPreprocessing,
  featureLayer: 'avgpool',
  licence: 'BSD-3-Clause',
  paper: 'https://arxiv.org/abs/2201.03545',
  weights: [
    torchvisionWeights('convnext_tiny-983f1562'),
    {
      kind: 'download',
      url: 'https://storage.googleapis.com/tensorflow/keras-applications/convnext/convnext_tiny.h5',
      convention: 'keras',
      hash: { sha256Prefix: '8ae6e78ce2933352b1ef4008e6dd2f17bc40771563877d156bc6426c7cf503ff' },
      origin: 'Keras applications, trained on ImageNet-1k',
    },
  ],
}

function build(size: number, withClassifier: boolean): Graph {
  const builder = createGraphBuilder(size, { epsilon: 1e-5, momentum: 0.9 })
  const normalize = (name: string, input: string): string =>
    builder.add('layerNormalization', name, input, { epsilon })
  let last = builder.input
  stages.forEach(([depth, filters], stage) => {
    const reduction = `features.${2 * stage}`
    builder.startBlock(stage === 0 ? 'stem' : `downsample ${stage}`)
    if (stage === 0) {
      last = builder.conv2d(`${reduction}.0`, last, { filters, kernel: 4, stride: 4, useBias: true })
      last = normalize(`${reduction}.1`, last)
    } else {
      last = normalize(`${reduction}.0`, last)
      last = builder.conv2d(`${reduction}.1`, last, { filters, kernel: 2, stride: 2, useBias: true })
    }
    for (let index = 0; index < depth; index += 1) {
      builder.startBlock(`stage ${stage + 1}, block ${index}`)
      last = appendBlock(builder, `features.${2 * stage + 1}.${index}`, last, filters)
    }
  })
  builder.startBlock('top')
  last = builder.apply('globalAveragePooling2d', meta.featureLayer, last)
  if (withClassifier) {
    builder.startBlock('classifier')
    last = builder.dense('classifier.2', normalize('classifier.0', last), classes)
  }
  return builder.build(meta.id, last)
}

/** torchvision's permutations are none here, and its dense layers are convolutions of one pixel, whose kernels hold the same values. */
function appendBlock(builder: GraphBuilder, prefix: string, input: string, filters: number): string {
  const depthwise = { kernel: 7, padding: 'same', useBias: true } as const
  let last = builder.depthwiseConv2d(`${prefix}.block.0`, input, depthwise)
  last = builder.add('layerNormalization', `${prefix}.block.2`, last, { epsilon })
  last = builder.conv2d(`${prefix}.block.3`, last, { filters: 4 * filters, kernel: 1, useBias: true })
  last = builder.apply('gelu', `${prefix}.block.4`, last)
  last = builder.conv2d(`${prefix}.block.5`, last, { filters, kernel: 1, useBias: true })
  last = builder.add('layerScale', `${prefix}.layer_scale`, last, { initialValue: 1e-6 })
  return builder.apply('add', `${prefix}.add`, last, input)
}

/** torchvision keeps a block's scale in the block itself. */
function torchParameter(parameter: string): ForeignParameter | undefined {
  const layer = /^(.*)\.layer_scale\/gamma$/.exec(parameter)?.[1]
  return layer === undefined ? undefined : { layer, weight: 'layer_scale' }
}

/** Keras gives the scale no name, so that it is a layer's `variable`; without the number, see `formerName`. */
function kerasParameter(parameter: string): ForeignParameter | undefined {
  const layer = toKeras(parameter.slice(0, parameter.lastIndexOf('/')))
  return layer?.endsWith('_layer_scale') ? { layer, weight: 'variable' } : undefined
}

/** Keras counts variables without a name through the network, and Keras 2, in which the published file was written, had a capital. */
function formerName(tensor: string): string {
  return tensor.replace(/_layer_scale\/[Vv]ariable(_\d+)?/, '_layer_scale/variable')
}

const kerasParts: Readonly<Record<string, string>> = {
  'block.0': 'depthwise_conv',
  'block.2': 'layernorm',
  'block.3': 'pointwise_conv_1',
  'block.5': 'pointwise_conv_2',
  layer_scale: 'layer_scale',
}

const kerasOthers: Readonly<Record<string, string>> = {
  'features.0.0': 'stem_conv',
  'features.0.1': 'stem_layernorm',
  'classifier.0': 'head_layernorm',
  'classifier.2': 'head_dense',
}

function toKeras(node: string): string | null {
  const named = (part: string): string => `${meta.id}_${part}`
  const [, stage, block, part] = /^features\.([1357])\.(\d)\.(.+)$/.exec(node) ?? []
  if (part !== undefined) {
    const kerasPart = kerasParts[part]
    return kerasPart === undefined
      ? null
      : named(`stage_${(Number(stage) - 1) / 2}_block_${block}_${kerasPart}`)
  }
  const [, reduction, index] = /^features\.([246])\.([01])$/.exec(node) ?? []
  if (index !== undefined) {
    return named(`downsampling_${index === '0' ? 'layernorm' : 'conv'}_${Number(reduction) / 2 - 1}`)
  }
  const other = kerasOthers[node]
  return other === undefined ? null : named(other)
}

/** ConvNeXt under torchvision's names; Keras's network is the same. */
export const convNeXt: readonly Backbone[] = [
  {
    meta,
    build: (size = inputSize) => build(size, false),
    buildClassifier: (size = inputSize) => build(size, true),
    foreignNames: { torch: (node) => node, keras: toKeras },
    foreignParameters: { torch: torchParameter, keras: kerasParameter },
    formerNames: { keras: formerName },
    preprocessingOf: { keras: kerasTorchPreprocessing },
  },
]
