import type { Backbone, BackboneMeta } from '../backbone.ts'
import { AppError } from '../../contract/errors.ts'
import { createGraphBuilder, evenPadding } from '../graph-builder.ts'
import type { Graph } from '../graph.ts'
import {
  kerasCaffePreprocessing,
  kerasWeights,
  torchvisionPreprocessing,
  torchvisionWeights,
} from './publishers.ts'

/** Convolutions in each of the five blocks: the columns A, B, D, E of the paper's table 1. */
export type VggDepths = readonly [number, number, number, number, number]

const filters = [64, 128, 256, 512, 512] as const
const inputSize = 224
const minimumInputSize = 32
const flattenedMap = [7, 7, 512] as const
const classes = 1000

/** A convolution's place in the network, and its name at torchvision: `features.<index>`, counting every module. */
interface Place {
  readonly block: number
  readonly convolution: number
  readonly torchIndex: number
}

function placesOf(depths: VggDepths, normalized: boolean): Place[] {
  let torchIndex = 0
  return depths.flatMap((depth, block) => {
    const places = Array.from({ length: depth }, (_, convolution): Place => {
      const place = { block, convolution, torchIndex }
      torchIndex += normalized ? 3 : 2
      return place
    })
    // The pooling after each block is a module too.
    torchIndex += 1
    return places
  })
}

/** How the layers of one publisher are called. */
interface Names {
  readonly convolution: (place: Place) => string
  readonly activation: (place: Place) => string
  readonly pooling: (block: number, last: Place) => string
  readonly dense: readonly [string, string, string]
}

const kerasNames: Names = {
  convolution: ({ block, convolution }) => `block${block + 1}_conv${convolution + 1}`,
  activation: ({ block, convolution }) => `block${block + 1}_conv${convolution + 1}_relu`,
  pooling: (block) => `block${block + 1}_pool`,
  dense: ['fc1', 'fc2', 'predictions'],
}

const torchNames: Names = {
  convolution: ({ torchIndex }) => `features.${torchIndex}`,
  activation: ({ torchIndex }) => `features.${torchIndex + 1}`,
  pooling: (_block, { torchIndex }) => `features.${torchIndex + 2}`,
  dense: ['classifier.0', 'classifier.3', 'classifier.6'],
}

const torchNormalizedNames: Names = {
  convolution: ({ torchIndex }) => `features.${torchIndex}`,
  activation: ({ torchIndex }) => `features.${torchIndex + 2}`,
  pooling: (_block, { torchIndex }) => `features.${torchIndex + 3}`,
  dense: torchNames.dense,
}

interface Variant {
  readonly meta: BackboneMeta
  readonly depths: VggDepths
  readonly normalized: boolean
  readonly names: Names
}

function build({ meta, depths, normalized, names }: Variant, size: number, withClassifier: boolean): Graph {
  const builder = createGraphBuilder(size, { epsilon: 1e-5, momentum: 0.9 })
  const places = placesOf(depths, normalized)
  let last = builder.input
  for (const block of depths.keys()) {
    builder.startBlock(`block ${block + 1}`)
    const inBlock = places.filter((place) => place.block === block)
    for (const place of inBlock) {
      const options = { filters: filters[block] ?? 512, kernel: 3, padding: evenPadding(1), useBias: true }
      last = builder.conv2d(names.convolution(place), last, options)
      if (normalized) last = builder.batchNormalization(`features.${place.torchIndex + 1}`, last)
      last = builder.apply('relu', names.activation(place), last)
    }
    const lastPlace = inBlock.at(-1)
    if (lastPlace === undefined) throw new Error('A block of VGG has no convolution.')
    last = builder.maxPooling2d(names.pooling(block, lastPlace), last, { kernel: 2, stride: 2 })
  }
  if (!withClassifier) return builder.build(meta.id, last)
  builder.startBlock('classifier')
  last = builder.apply('flatten', 'flatten', last)
  const [first, second, logits] = names.dense
  for (const name of [first, second]) {
    last = builder.apply('relu', `${name}_relu`, builder.dense(name, last, 4096))
  }
  return builder.build(meta.id, builder.dense(logits, last, classes))
}

function classifierOf(variant: Variant, size = inputSize): Graph {
  if (size !== inputSize) {
    throw new AppError(
      'plan-invalid',
      `The classifier of ${variant.meta.id} takes images of ${inputSize}x${inputSize}; ${size}x${size} was asked for. Use ${inputSize}.`,
      { expected: inputSize, received: size },
    )
  }
  return build(variant, size, true)
}

function backboneOf(variant: Variant): Backbone {
  const { meta, depths, normalized, names } = variant
  const places = placesOf(depths, normalized)
  const toTorch = new Map<string, string>()
  for (const place of places) toTorch.set(names.convolution(place), torchNames.convolution(place))
  names.dense.forEach((name, index) => toTorch.set(name, torchNames.dense[index] ?? name))
  const fromKeras = names === kerasNames
  return {
    meta,
    build: (size = inputSize) => build(variant, size, false),
    buildClassifier: (size) => classifierOf(variant, size),
    foreignNames: fromKeras
      ? { keras: (node) => node, torch: (node) => toTorch.get(node) ?? null }
      : { torch: (node) => node },
    flattenedInputs: { [names.dense[0]]: flattenedMap },
    ...(fromKeras ? { preprocessingOf: { torch: torchvisionPreprocessing } } : {}),
  }
}

const common = {
  family: 'VGG',
  inputSize,
  minimumInputSize,
  paper: 'https://arxiv.org/abs/1409.1556',
} as const

/** A network that Keras and torchvision both publish, under Keras's names. */
function kerasVgg(id: string, depths: VggDepths, md5: string, torchFile: string): Backbone {
  const meta: BackboneMeta = {
    ...common,
    id,
    preprocessing: kerasCaffePreprocessing,
    featureLayer: 'block5_pool',
    licence: 'CC-BY-4.0',
    weights: [
      kerasWeights(`${id}/${id}_weights_tf_dim_ordering_tf_kernels`, md5),
      torchvisionWeights(torchFile),
    ],
  }
  return backboneOf({ meta, depths, normalized: false, names: kerasNames })
}

/** A network that only torchvision publishes. */
function torchVgg(id: string, depths: VggDepths, normalized: boolean, file: string): Backbone {
  const modules = depths.reduce((sum, depth) => sum + depth * (normalized ? 3 : 2) + 1, 0)
  const meta: BackboneMeta = {
    ...common,
    id,
    preprocessing: torchvisionPreprocessing,
    featureLayer: `features.${modules - 1}`,
    licence: 'BSD-3-Clause',
    weights: [torchvisionWeights(file)],
  }
  return backboneOf({ meta, depths, normalized, names: normalized ? torchNormalizedNames : torchNames })
}

const a: VggDepths = [1, 1, 2, 2, 2]
const b: VggDepths = [2, 2, 2, 2, 2]
const d: VggDepths = [2, 2, 3, 3, 3]
const e: VggDepths = [2, 2, 4, 4, 4]

/**
 * VGG: blocks of 3x3 convolutions, each block ending in a pooling. The features are a map, as the classifier begins with a
 * flattening. The activations have no name at Keras, where a convolution holds its own.
 */
export const vgg: readonly Backbone[] = [
  torchVgg('vgg11', a, false, 'vgg11-8a719046'),
  torchVgg('vgg11_bn', a, true, 'vgg11_bn-6002323d'),
  torchVgg('vgg13', b, false, 'vgg13-19584684'),
  torchVgg('vgg13_bn', b, true, 'vgg13_bn-abd245e5'),
  kerasVgg('vgg16', d, '64373286793e3c8b2b4e3219cbf3544b', 'vgg16-397923af'),
  torchVgg('vgg16_bn', d, true, 'vgg16_bn-6c64b313'),
  kerasVgg('vgg19', e, 'cbe5617147190e668d6c5d5026f83318', 'vgg19-dcbb9e9d'),
  torchVgg('vgg19_bn', e, true, 'vgg19_bn-c79401a0'),
]
