import { fileURLToPath } from 'node:url'
import { canonicalFile } from '../../../src/core/weights/canonical-file.ts'
import { openWeights } from '../../../src/core/weights/index.ts'
import { mapWeights, type MappedWeights } from '../../../src/core/weights/map-weights.ts'
import type { Backbone, Convention } from '../../../src/models/backbone.ts'
import { createGraphBuilder } from '../../../src/models/graph-builder.ts'
import type { Graph } from '../../../src/models/graph.ts'
import { parametersOf } from '../../../src/models/shapes.ts'
import { readParameters } from '../../../src/models/weights.ts'
import { formulaValues } from '../../models/backbones/formula-weights.ts'

const features = 'conv2'

function build(withClassifier: boolean): Graph {
  const builder = createGraphBuilder(8, { epsilon: 1e-3, momentum: 0.99 })
  let last = builder.conv2d('conv1', builder.input, { filters: 4, kernel: 3, stride: 2, padding: 'same' })
  last = builder.batchNormalization('bn1', last)
  last = builder.depthwiseConv2d('dw', last, { kernel: 3, stride: 2, padding: 'same' })
  last = builder.conv2d(features, last, { filters: 6, kernel: 1, useBias: true })
  if (!withClassifier) return builder.build('tiny', last)
  last = builder.apply('flatten', 'flatten', last)
  return builder.build('tiny', builder.dense('fc', last, 5))
}

/** The network of scripts/weights/format-fixtures.py. */
export const tinyBackbone: Backbone = {
  meta: {
    id: 'tiny',
    family: 'Tiny',
    inputSize: 8,
    preprocessing: { channels: 'rgb', mean: [0, 0, 0], standardDeviation: [1, 1, 1], resize: 'stretch' },
    featureLayer: features,
    licence: 'Apache-2.0',
    paper: '',
    weights: [],
  },
  build: () => build(false),
  buildClassifier: () => build(true),
  foreignNames: { keras: (node) => node, torch: (node) => node },
  flattenedInputs: { fc: [2, 2, 6] },
}

/** The path of a file of tests/fixtures/weights. */
export function weightsFixture(name: string): string {
  return fileURLToPath(new URL(`../../fixtures/weights/${name}`, import.meta.url))
}

/** What every parameter should be, classifier included. */
export function expectedValues(convention: Convention): Map<string, Float32Array> {
  const scales = { gain: 1, variance: 1 }
  return new Map(
    parametersOf(build(true)).map((parameter) => {
      const values = formulaValues(tinyBackbone, convention, parameter, scales)
      const permuted = parameter.name === 'fc/kernel' && convention === 'torch'
      return [parameter.name, permuted ? channelsLast(values, parameter.shape[1] ?? 0) : values]
    }),
  )
}

/** Rows of [channels, height, width] in the order of [height, width, channels]. */
function channelsLast(values: Float32Array, columns: number): Float32Array {
  const [height, width, channels] = [2, 2, 6]
  return values.map((_value, index) => {
    const column = index % columns
    const row = Math.floor(index / columns)
    const channel = row % channels
    const position = Math.floor(row / channels)
    return values[(channel * height * width + position) * columns + column] ?? NaN
  })
}

/** A file as the tiny network's weights: the way of `convertWeights` without a disk. */
export async function readTiny(path: string): Promise<{
  mapped: MappedWeights
  values: Map<string, Float32Array>
}> {
  const file = await openWeights(path)
  try {
    const mapped = mapWeights(file, tinyBackbone)
    const parts = [...mapped.features, ...(mapped.classifier ?? [])]
    const canonical = Buffer.concat(
      [...canonicalFile('tiny', mapped.convention, parts)].map((chunk) => chunk.slice()),
    )
    const values = readParameters(
      canonical,
      parts.map(({ parameter }) => parameter),
    )
    return { mapped, values }
  } finally {
    file.close()
  }
}
