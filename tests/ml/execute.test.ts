import { readFileSync } from 'node:fs'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { createExecutor, createParameters, disposeParameters } from '../../src/ml/execute.ts'
import { findBackbone } from '../../src/models/catalog.ts'
import { foldBatchNorm } from '../../src/models/fold-batch-norm.ts'
import { defineGraph, truncateAt, type Graph } from '../../src/models/graph.ts'
import { initializeParameter } from '../../src/models/initializers.ts'
import { parametersOf } from '../../src/models/shapes.ts'
import { readParameters } from '../../src/models/weights.ts'
import { goldenInput, type GoldenPattern } from '../fixtures/golden/golden-input.ts'
import { referenceForward } from '../models/reference-forward.ts'
import { residualNetwork } from '../models/small-networks.ts'
import { chooseEngine, nativeProblem, testedEngines } from './engine.ts'

interface Golden {
  cases: { pattern: GoldenPattern; size: number; features: number[] }[]
}

const root = new URL('../../', import.meta.url)
const golden = JSON.parse(
  readFileSync(new URL('tests/fixtures/golden/efficientnet-lite0.json', root), 'utf8'),
) as Golden

function randomValues(graph: Graph): Map<string, Float32Array> {
  return new Map(
    parametersOf(graph).map((spec) => {
      const values = initializeParameter(spec, 3)
      // Statistics that are not 0 and 1, so that a mix-up shows.
      if (spec.role.startsWith('moving'))
        values.forEach((value, index) => (values[index] = value + 0.1 * index + 0.2))
      return [spec.name, values]
    }),
  )
}

function featuresOf(
  graph: Graph,
  values: ReadonlyMap<string, Float32Array>,
  data: Float32Array,
  shape: number[],
) {
  const parameters = createParameters(parametersOf(graph), values)
  const result = tf.tidy(() => createExecutor(graph).infer(tf.tensor(data, shape), parameters))
  const features = Float32Array.from(result.dataSync())
  result.dispose()
  disposeParameters(parameters)
  return features
}

/** The largest difference, as a share of the largest expected value. */
function relativeDifference(received: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(received.length).toBe(expected.length)
  let scale = 0
  let difference = 0
  for (let index = 0; index < expected.length; index += 1) {
    scale = Math.max(scale, Math.abs(expected[index]!))
    difference = Math.max(difference, Math.abs(received[index]! - expected[index]!))
  }
  return difference / scale
}

describe('EfficientNet-Lite0 against PyTorch', () => {
  const { meta, build } = findBackbone('efficientnet-lite0')
  const graph = build()
  const file = readFileSync(new URL('resources/pretrained/efficientnet-lite0/model.safetensors', root))
  const values = readParameters(file, parametersOf(graph))
  const folded = foldBatchNorm(graph)
  const foldedValues = folded.foldTensors(values)
  const inputOf = ({ pattern, size }: { pattern: GoldenPattern; size: number }) =>
    goldenInput(pattern, size, meta.preprocessing.mean[0], meta.preprocessing.standardDeviation[0])

  it.skipIf(nativeProblem !== null)(
    'gives its features to 1e-4 of their scale on the native engine',
    async () => {
      await chooseEngine('native')
      for (const one of golden.cases) {
        const shape = [1, one.size, one.size, 3]
        const name = `${one.pattern} ${one.size}`
        expect(
          relativeDifference(featuresOf(graph, values, inputOf(one), shape), one.features),
          name,
        ).toBeLessThan(1e-4)
        expect(
          relativeDifference(featuresOf(folded.graph, foldedValues, inputOf(one), shape), one.features),
          `${name}, folded`,
        ).toBeLessThan(1e-4)
      }
    },
  )

  it.each(['wasm', 'cpu'] as const)('gives its features to 1e-3 of their scale on %s', async (engine) => {
    await chooseEngine(engine)
    const small = golden.cases.filter(({ size }) => size < 100)
    expect(small).toHaveLength(2)
    for (const one of small) {
      const received = featuresOf(folded.graph, foldedValues, inputOf(one), [1, one.size, one.size, 3])
      expect(relativeDifference(received, one.features), one.pattern).toBeLessThan(1e-3)
    }
  })
})

describe.each(testedEngines)('executor on %s', (engine) => {
  it('computes a residual network as plain loops do, at every layer', async () => {
    await chooseEngine(engine)
    const graph = defineGraph(residualNetwork())
    const values = randomValues(graph)
    const data = goldenInput('noise', 8, 127, 128)
    const expected = referenceForward(graph, values, data)
    for (const { name, op } of graph.nodes) {
      if (op === 'input') continue
      const received = featuresOf(truncateAt(graph, name), values, data, [1, 8, 8, 3])
      expect(relativeDifference(received, expected.get(name)!), name).toBeLessThan(1e-4)
    }
  })

  it('frees all it makes, and leaves the input and the parameters', async () => {
    await chooseEngine(engine)
    const graph = defineGraph(residualNetwork())
    const parameters = createParameters(parametersOf(graph), randomValues(graph))
    const executor = createExecutor(graph)
    const input = tf.tensor(goldenInput('noise', 8, 127, 128), [1, 8, 8, 3])
    const before = tf.memory().numTensors
    const first = executor.infer(input, parameters)
    const second = executor.infer(input, parameters)
    expect(tf.memory().numTensors).toBe(before + 2)
    expect(Array.from(first.dataSync())).toEqual(Array.from(second.dataSync()))
    tf.dispose([first, second, input])
    disposeParameters(parameters)
  })

  it('hands the input on where the graph ends in it, without giving it away', async () => {
    await chooseEngine(engine)
    const executor = createExecutor(truncateAt(residualNetwork(), 'image'))
    const input = tf.ones([1, 8, 8, 3])
    const output = executor.infer(input, new Map())
    output.dispose()
    expect(input.isDisposed).toBe(false)
    input.dispose()
  })
})
