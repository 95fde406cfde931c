import { readFileSync } from 'node:fs'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import type { EngineId } from '../../../src/contract/engine-ids.ts'
import { createParameters, disposeParameters } from '../../../src/ml/execute.ts'
import { gradCam, gradCamPlusPlus } from '../../../src/ml/explain/class-activation-maps.ts'
import { differentiateByLayer, type LayerGradient } from '../../../src/ml/explain/layer-gradient.ts'
import { scaleMap } from '../../../src/ml/explain/scale-map.ts'
import { findBackbone } from '../../../src/models/catalog.ts'
import { inferenceGraph } from '../../../src/models/inference-graph.ts'
import { parametersOf } from '../../../src/models/shapes.ts'
import type { GoldenPattern } from '../../fixtures/golden/golden-input.ts'
import { formulaValues } from '../../models/backbones/formula-weights.ts'
import { goldenPicture } from '../../models/backbones/golden-backbone.ts'
import { chooseEngine, nativeProblem } from '../engine.ts'
import { correlation } from './correlation.ts'

/** By scripts/golden/class-activation-maps.py. */
interface Golden {
  readonly package: string
  readonly size: number
  readonly class: number
  readonly variance: number
  readonly cases: readonly {
    readonly backbone: string
    readonly gain: number
    readonly pattern: GoldenPattern
    readonly layer: string
    readonly side: number
    readonly maps: Readonly<Record<'grad-cam' | 'grad-cam++', readonly number[]>>
  }[]
}

const golden = JSON.parse(
  readFileSync(new URL('../../fixtures/golden/class-activation-maps.json', import.meta.url), 'utf8'),
) as Golden
type Case = Golden['cases'][number]

/** As the app runs it: normalizations folded. */
async function gradientOf({ backbone: id, gain, pattern, layer }: Case): Promise<LayerGradient> {
  const { size, variance } = golden
  const backbone = findBackbone(id)
  const graph = backbone.buildClassifier!(size)
  const values = new Map(
    parametersOf(graph).map((parameter) => [
      parameter.name,
      formulaValues(backbone, 'torch', parameter, { gain, variance }),
    ]),
  )
  const folded = inferenceGraph(graph)
  const parameters = createParameters(parametersOf(folded.graph), folded.foldTensors(values))
  const input = tf.tensor(goldenPicture(pattern, size), [1, size, size, 3])
  const before = tf.memory().numTensors
  const options = { graph: folded.graph, parameters, input, layer, classIndex: golden.class }
  const gradient = await differentiateByLayer(options)
  expect(tf.memory().numTensors).toBe(before)
  input.dispose()
  disposeParameters(parameters)
  return gradient
}

const engines: EngineId[] = nativeProblem === null ? ['native', 'wasm'] : ['wasm']

describe.each(engines)('maps on the %s engine, against PyTorch', (engine) => {
  const cases = engine === 'native' ? golden.cases : golden.cases.filter(({ pattern }) => pattern === 'noise')
  it.each(cases.map((one) => [`${one.backbone}, ${one.layer}, ${one.pattern}`, one] as const))(
    '%s',
    async (_name, one) => {
      await chooseEngine(engine)
      const gradient = await gradientOf(one)
      expect(gradient).toMatchObject({ height: one.side, width: one.side })
      const maps = { 'grad-cam': gradCam(gradient), 'grad-cam++': gradCamPlusPlus(gradient) }
      for (const [method, map] of Object.entries(maps)) {
        const expected = one.maps[method as keyof typeof maps]
        expect(correlation(scaleMap(map), expected), method).toBeGreaterThanOrEqual(0.9999)
        const largest = Math.max(...map.map((value, index) => Math.abs(value - expected[index]!)))
        expect(largest, method).toBeLessThan(1e-2)
      }
    },
  )
})

describe('the weights of channels', () => {
  const gradient: LayerGradient = {
    // Two positions in a row, two channels: the first fires left, the second right.
    activations: Float32Array.from([1, 0, 0, 4]),
    gradients: Float32Array.from([3, -1, 1, -1]),
    height: 1,
    width: 2,
    channels: 2,
  }

  it('are the mean gradients in Grad-CAM, and what speaks against the class is left out', () => {
    expect([...gradCam(gradient)]).toEqual([2, 0])
  })

  it('count positive gradients only in Grad-CAM++, each by its share', () => {
    // alpha = g^2 / (2 g^2 + sum of the channel * g^3), weight = sum of alpha * g.
    const weight = (9 / (2 * 9 + 1 * 27)) * 3 + (1 / (2 * 1 + 1 * 1)) * 1
    const [left, right] = gradCamPlusPlus(gradient)
    expect(left).toBeCloseTo(weight, 6)
    expect(right).toBe(0)
  })

  it('give a map that scales to 1, or stays empty where nothing speaks for the class', () => {
    expect([...scaleMap(Float32Array.from([0, 2, 4]))]).toEqual([0, 0.5, 1])
    expect([...scaleMap(new Float32Array(2))]).toEqual([0, 0])
  })
})
