import type { Backbone, BackboneMeta } from '../backbone.ts'
import type { GraphBuilder } from '../graph-builder.ts'
import { createGraphBuilder } from '../graph-builder.ts'
import type { Graph } from '../graph.ts'
import type { Padding } from '../windows.ts'
import { windowOutputSize } from '../windows.ts'
import { torchvisionPreprocessing, torchvisionWeights } from './publishers.ts'

const inputSize = 224
const classes = 1000

/** A fire module's filters of its squeezing and of each of its two expanding convolutions, or a pooling. */
type Module = readonly [squeeze: number, expand: number] | 'pool'

interface Variant {
  readonly meta: BackboneMeta
  readonly stem: { readonly filters: number; readonly kernel: number }
  /** From `features.3` on; `features.2` is a pooling. */
  readonly modules: readonly Module[]
}

function build({ meta, stem, modules }: Variant, size: number, withClassifier: boolean): Graph {
  const builder = createGraphBuilder(size, { epsilon: 1e-5, momentum: 0.9 })
  builder.startBlock('stem')
  let last = builder.conv2d('features.0', builder.input, { ...stem, stride: 2, useBias: true })
  last = builder.apply('relu', 'features.1', last)
  const window = {
    kernelSize: [stem.kernel, stem.kernel],
    strides: [2, 2],
    padding: 'valid',
    dilation: [1, 1],
  } as const
  let [side] = windowOutputSize([size, size], window)
  const pool = (name: string): void => {
    last = builder.maxPooling2d(name, last, { kernel: 3, stride: 2, padding: ceilingPadding(side) })
    side = Math.ceil((side - 3) / 2) + 1
  }
  pool('features.2')
  modules.forEach((module, index) => {
    const name = `features.${index + 3}`
    builder.startBlock(name)
    if (module === 'pool') pool(name)
    else last = appendFire(builder, name, last, ...module)
  })
  if (!withClassifier) return builder.build(meta.id, last)
  builder.startBlock('classifier')
  last = builder.add('dropout', 'classifier.0', last, { rate: 0.5 })
  last = builder.conv2d('classifier.1', last, { filters: classes, kernel: 1, useBias: true })
  last = builder.apply('relu', 'classifier.2', last)
  return builder.build(meta.id, builder.apply('globalAveragePooling2d', 'classifier.3', last))
}

/** A pooling of 3x3 at stride 2 that takes a last, incomplete window (`ceil_mode` of PyTorch) is one with a pixel more where that is so. */
function ceilingPadding(side: number): Padding {
  const rest = (side - 3) % 2
  return rest === 0
    ? 'valid'
    : [
        [0, 1],
        [0, 1],
      ]
}

function appendFire(
  builder: GraphBuilder,
  name: string,
  input: string,
  squeeze: number,
  expand: number,
): string {
  const squeezed = convolve(builder, `${name}.squeeze`, input, squeeze, 1)
  return builder.apply(
    'concatenate',
    name,
    convolve(builder, `${name}.expand1x1`, squeezed, expand, 1),
    convolve(builder, `${name}.expand3x3`, squeezed, expand, 3),
  )
}

function convolve(
  builder: GraphBuilder,
  name: string,
  input: string,
  filters: number,
  kernel: number,
): string {
  const convolution = builder.conv2d(name, input, { filters, kernel, padding: 'same', useBias: true })
  return builder.apply('relu', `${name}_activation`, convolution)
}

function backboneOf(
  version: '1_0' | '1_1',
  hash: string,
  minimumInputSize: number,
  stem: Variant['stem'],
  modules: Variant['modules'],
): Backbone {
  const meta: BackboneMeta = {
    id: `squeezenet${version}`,
    family: 'SqueezeNet',
    inputSize,
    minimumInputSize,
    preprocessing: torchvisionPreprocessing,
    featureLayer: `features.${modules.length + 2}`,
    licence: 'BSD-3-Clause',
    paper: 'https://arxiv.org/abs/1602.07360',
    weights: [torchvisionWeights(`squeezenet${version}-${hash}`)],
  }
  const variant = { meta, stem, modules }
  return {
    meta,
    build: (size = inputSize) => build(variant, size, false),
    buildClassifier: (size = inputSize) => build(variant, size, true),
    foreignNames: { torch: (node) => node },
  }
}

const early: readonly Module[] = [
  [16, 64],
  [16, 64],
]
const middle: readonly Module[] = [[32, 128]]
const late: readonly Module[] = [
  [48, 192],
  [48, 192],
  [64, 256],
]
const last: readonly Module[] = [[64, 256]]

/** SqueezeNet: its features are the map before the classifier, which is a convolution; 1.1 pools earlier. */
export const squeezeNet: readonly Backbone[] = [
  backboneOf('1_0', 'b66bff10', 21, { filters: 96, kernel: 7 }, [
    ...early,
    ...middle,
    'pool',
    ...middle,
    ...late,
    'pool',
    ...last,
  ]),
  backboneOf('1_1', 'b8a52dc0', 17, { filters: 64, kernel: 3 }, [
    ...early,
    'pool',
    ...middle,
    ...middle,
    'pool',
    ...late,
    ...last,
  ]),
]
