import * as tf from '@tensorflow/tfjs-core'
import { afterAll, describe, expect, it } from 'vitest'
import type { EngineId } from '../../src/contract/engine-ids.ts'
import { createExecutor, createParameters, disposeParameters } from '../../src/ml/execute.ts'
import { backbones, findBackbone } from '../../src/models/catalog.ts'
import { foldBatchNorm } from '../../src/models/fold-batch-norm.ts'
import { truncateAt, type Graph } from '../../src/models/graph.ts'
import { parametersOf } from '../../src/models/shapes.ts'
import { formulaValues } from '../models/backbones/formula-weights.ts'
import {
  goldenPicture,
  readGoldenBackbones,
  relativeDifference,
  type GoldenBackbone,
} from '../models/backbones/golden-backbone.ts'
import { chooseEngine, nativeProblem } from './engine.ts'

/** Runs a graph's layers on one picture after another, with parameters that it puts on the engine once. */
function runnerOf(
  whole: Graph,
  values: ReadonlyMap<string, Float32Array>,
  size: number,
): { valueAt: (layer: string, picture: Float32Array) => Float32Array; dispose: () => void } {
  const parameters = createParameters(parametersOf(whole), values)
  const valueAt = (layer: string, picture: Float32Array): Float32Array => {
    const executor = createExecutor(truncateAt(whole, layer))
    const result = tf.tidy(() => executor.infer(tf.tensor(picture, [1, size, size, 3]), parameters))
    const data = Float32Array.from(result.dataSync())
    result.dispose()
    return data
  }
  return { valueAt, dispose: () => disposeParameters(parameters) }
}

/** The graph that has all layers of a golden file: with the classifier where one of them is there. */
function graphOf({ id, size, cases }: GoldenBackbone): Graph {
  const backbone = findBackbone(id)
  const features = backbone.build(size)
  const names = new Set(features.nodes.map(({ name }) => name))
  const reachesClassifier = Object.keys(cases[0]?.layers ?? {}).some((layer) => !names.has(layer))
  return reachesClassifier && backbone.buildClassifier ? backbone.buildClassifier(size) : features
}

function weightsOf(golden: GoldenBackbone, graph: Graph): Map<string, Float32Array> {
  const backbone = findBackbone(golden.id)
  return new Map(
    parametersOf(graph).map((parameter) => [
      parameter.name,
      formulaValues(backbone, golden.convention, parameter, golden),
    ]),
  )
}

const everyGolden = readGoldenBackbones()
const rows: string[] = []

afterAll(() => {
  console.log(`Largest relative difference to the publisher's package\n${rows.join('\n')}`)
})

async function report(golden: GoldenBackbone, engine: EngineId, compare: () => Record<string, number>) {
  await chooseEngine(engine)
  const differences = compare()
  const worst = Object.entries(differences).map(([layer, value]) => `${layer} ${value.toExponential(1)}`)
  rows.push(`${golden.id.padEnd(28)} ${golden.package.padEnd(31)} ${engine.padEnd(7)} ${worst.join(', ')}`)
  return differences
}

describe('backbones with weights by formula, against the packages that published them', () => {
  it('have a golden file each', () => {
    const covered = new Set(['efficientnet-lite0', ...everyGolden.map(({ id }) => id)])
    const missing = backbones.map(({ meta }) => meta.id).filter((id) => !covered.has(id))
    expect(missing).toEqual([])
  })

  it.each(everyGolden.map((golden) => [`${golden.id}, ${golden.package}`, golden] as const))(
    '%s',
    async (_name, golden) => {
      const graph = graphOf(golden)
      const weights = weightsOf(golden, graph)
      const { featureLayer } = findBackbone(golden.id).meta
      expect(golden.cases).toHaveLength(2)
      expect(Object.keys(golden.cases[0]!.layers)).toContain(featureLayer)
      if (nativeProblem === null) {
        const native = await report(golden, 'native', () => {
          const worst: Record<string, number> = {}
          const { valueAt, dispose } = runnerOf(graph, weights, golden.size)
          for (const { pattern, layers } of golden.cases) {
            const picture = goldenPicture(pattern, golden.size)
            for (const [layer, expected] of Object.entries(layers)) {
              const difference = relativeDifference(valueAt(layer, picture), expected)
              // A maximum hides NaN.
              worst[layer] = Number.isNaN(difference) ? NaN : Math.max(worst[layer] ?? 0, difference)
            }
          }
          dispose()
          return worst
        })
        for (const [layer, difference] of Object.entries(native)) expect(difference, layer).toBeLessThan(1e-4)
      }
      // As the app runs a frozen network: normalizations folded.
      const folded = foldBatchNorm(truncateAt(graph, featureLayer))
      const foldedWeights = folded.foldTensors(weights)
      const wasm = await report(golden, 'wasm', () => {
        const { pattern, layers } = golden.cases[1]!
        const picture = goldenPicture(pattern, golden.size)
        const { valueAt, dispose } = runnerOf(folded.graph, foldedWeights, golden.size)
        const value = valueAt(featureLayer, picture)
        dispose()
        return { [featureLayer]: relativeDifference(value, layers[featureLayer]!) }
      })
      expect(wasm[featureLayer]).toBeLessThan(1e-3)
    },
  )
})
