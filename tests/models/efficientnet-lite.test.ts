import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { buildEfficientNetLite } from '../../src/models/backbones/efficientnet-lite.ts'
import { findBackbone } from '../../src/models/catalog.ts'
import { foldBatchNorm } from '../../src/models/fold-batch-norm.ts'
import { cutAt, freezeBoundary, resolveTrainable } from '../../src/models/freeze.ts'
import {
  countFlops,
  countParameters,
  inferShapes,
  parametersOf,
  summarizeLayers,
} from '../../src/models/shapes.ts'
import { readParameters } from '../../src/models/weights.ts'
import type { GoldenPattern } from '../fixtures/golden/golden-input.ts'
import { goldenInput } from '../fixtures/golden/golden-input.ts'
import { referenceForward } from './reference-forward.ts'

interface Golden {
  cases: {
    pattern: GoldenPattern
    size: number
    features: number[]
    layers: Record<string, { shape: number[]; indexes: number[]; values: number[] }>
  }[]
}

const root = new URL('../../', import.meta.url)
const { meta, build } = findBackbone('efficientnet-lite0')
const graph = build()
const source = meta.weights.find((one) => one.kind === 'embedded')!
const file = readFileSync(new URL(`resources/pretrained/${source.folder}/${source.file}`, root))
const tensors = readParameters(file, parametersOf(graph))
const golden = JSON.parse(
  readFileSync(new URL('tests/fixtures/golden/efficientnet-lite0.json', root), 'utf8'),
) as Golden
const inputOf = (pattern: GoldenPattern, size: number): Float32Array =>
  goldenInput(pattern, size, meta.preprocessing.mean[0], meta.preprocessing.standardDeviation[0])

describe('EfficientNet-Lite0', () => {
  it('has the parameters that PyTorch counts, less the classifier of 1,281,000', () => {
    const count = countParameters(graph, resolveTrainable(graph, { kind: 'none' }))
    expect(count.trainable).toBe(4_652_008 - 1_281_000)
    expect(count.total - count.trainable).toBe(2 * 21_008)
  })

  it('costs what hooks on the convolutions of PyTorch count: 383_907_552 multiply-adds', () => {
    const convolutions = summarizeLayers(graph).filter(({ node }) => /conv2d$/i.test(node.op))
    expect(convolutions.reduce((sum, { flops }) => sum + flops, 0) / 2).toBe(383_907_552)
    expect(countFlops(graph)).toBeGreaterThan(2 * 383_907_552)
  })

  it('halves the picture five times and ends in 1280 features', () => {
    const shapes = inferShapes(graph)
    expect(shapes.get('_conv_stem')).toEqual([112, 112, 32])
    expect(shapes.get('_blocks.2._add')).toEqual([56, 56, 24])
    expect(shapes.get('_blocks.10._add')).toEqual([14, 14, 112])
    expect(shapes.get('_bn1_relu6')).toEqual([7, 7, 1280])
    expect(shapes.get(meta.featureLayer)).toEqual([1280])
    expect(graph.output).toBe(meta.featureLayer)
  })

  it.each([
    ['lite1', 1, 1.1, 4_135_680],
    ['lite2', 1.1, 1.2, 4_811_072],
    ['lite3', 1.2, 1.4, 6_916_096],
    ['lite4', 1.4, 1.8, 11_725_568],
  ])('scales to %s as the PyTorch package does', (name, width, depth, parameters) => {
    const larger = buildEfficientNetLite(name, { width, depth, resolution: 224, dropout: 0.2 })
    const { trainable } = countParameters(larger, resolveTrainable(larger, { kind: 'none' }))
    expect(trainable).toBe(parameters)
  })

  it('ships weights of the hash that its meta and its SHA256 file name', () => {
    const digest = createHash('sha256').update(file).digest('hex')
    expect(digest).toBe(source.sha256)
    const listed = readFileSync(new URL(`resources/pretrained/${source.folder}/SHA256`, root), 'utf8')
    expect(listed).toBe(`${digest}  ${source.file}\n`)
  })

  it.each(golden.cases.filter(({ size, pattern }) => size < 224 || pattern === 'noise'))(
    'gives what PyTorch gives for $pattern at $size, by plain loops',
    ({ pattern, size, features, layers }) => {
      const values = referenceForward(graph, tensors, inputOf(pattern, size), [size, size, 3])
      expectClose(values.get(meta.featureLayer)!, features, 1e-5)
      for (const [name, sample] of Object.entries(layers)) {
        const value = values.get(name)!
        expect(inferShapes(graph, [size, size, 3]).get(name)).toEqual(sample.shape)
        expectClose(
          sample.indexes.map((index) => value[index]!),
          sample.values,
          1e-4,
        )
      }
    },
  )

  it('gives the same with its normalizations folded', () => {
    const folded = foldBatchNorm(graph)
    expect(folded.graph.nodes.some((node) => node.op === 'batchNormalization')).toBe(false)
    const foldedTensors = folded.foldTensors(tensors)
    expect([...foldedTensors.keys()].sort()).toEqual(
      parametersOf(folded.graph)
        .map((parameter) => parameter.name)
        .sort(),
    )
    const { features } = golden.cases.find(({ size }) => size === 32)!
    const values = referenceForward(folded.graph, foldedTensors, inputOf('gradient', 32), [32, 32, 3])
    expectClose(values.get(meta.featureLayer)!, features, 1e-5)
  })

  it('gives the same in two parts, wherever it is cut', () => {
    const input = inputOf('noise', 32)
    const whole = referenceForward(graph, tensors, input, [32, 32, 3])
    for (const layer of ['_conv_stem', '_blocks.2._bn1', '_blocks.9._project_conv', '_conv_head']) {
      const boundary = freezeBoundary(graph, resolveTrainable(graph, { kind: 'until', layer }))
      const { frozen, rest } = cutAt(graph, boundary, [32, 32, 3])
      const activations = referenceForward(frozen, tensors, input, [32, 32, 3]).get(boundary)!
      const features = referenceForward(rest, tensors, activations).get(rest.output)!
      expect(features).toEqual(whole.get(graph.output)!)
    }
  })
})

/** Expects equality to a share of the largest value expected. */
function expectClose(actual: ArrayLike<number>, expected: readonly number[], tolerance: number): void {
  expect(actual.length).toBe(expected.length)
  const scale = Math.max(...expected.map(Math.abs))
  const worst = Math.max(...expected.map((value, index) => Math.abs(value - actual[index]!)))
  expect(worst / scale).toBeLessThan(tolerance)
}
