import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import type * as tfl from '@tensorflow/tfjs-layers'
import { beforeAll, describe, expect, it } from 'vitest'
import { convertLayersModel } from '../../../src/core/own-backbones/convert-layers-model.ts'
import { createExecutor, createParameters, disposeParameters } from '../../../src/ml/execute.ts'
import { foldBatchNorm } from '../../../src/models/fold-batch-norm.ts'
import { ownBackboneOf } from '../../../src/models/own-backbone.ts'
import { parametersOf } from '../../../src/models/shapes.ts'
import { readParameters } from '../../../src/models/weights.ts'
import { goldenInput } from '../../fixtures/golden/golden-input.ts'
import { chooseEngine, testEngine } from '../../ml/engine.ts'
import { temporaryFolder } from '../test-project.ts'
import {
  branchedModel,
  loadLayersModel,
  nestedClassifier,
  saveLayersModel,
  sequentialClassifier,
  setFormulaWeights,
  valueOfLayer,
  type Stored,
} from './layers-models.ts'

beforeAll(() => chooseEngine(testEngine))

/** The largest difference of our features to those of TensorFlow.js's own model, as a share of their largest magnitude. */
async function differenceOf(
  model: tfl.LayersModel,
  { feature, stored, size, wanted }: { feature: string; stored?: Stored; size: number; wanted?: string },
): Promise<number> {
  const folder = temporaryFolder()
  setFormulaWeights(model)
  const path = await saveLayersModel(model, join(folder, 'model'), stored)
  const loaded = await loadLayersModel(path)
  const data = goldenInput('noise', size, 127.5, 64)
  const picture = tf.tensor4d(data, [1, size, size, 3])
  const expected = valueOfLayer(loaded, feature, picture)

  const choices = { id: 'mine', isNamed: true, preprocessing: 'none', featureLayer: wanted } as const
  const { own, sha256 } = await convertLayersModel(path, choices, folder)
  const graph = ownBackboneOf(own).build(size)
  const file = readFileSync(join(folder, `${sha256}.safetensors`))
  const folded = foldBatchNorm(graph)
  const values = folded.foldTensors(readParameters(file, parametersOf(graph)))
  const parameters = createParameters(parametersOf(folded.graph), values)
  const result = createExecutor(folded.graph).infer(picture, parameters)
  const received = result.dataSync() as Float32Array
  expect(received).toHaveLength(expected.length)
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const worst = expected.reduce(
    (most, value, index) => Math.max(most, Math.abs(value - (received[index] ?? NaN))),
    0,
  )
  tf.dispose([picture, result])
  disposeParameters(parameters)
  loaded.dispose()
  expect(largest).toBeGreaterThan(1e-3)
  return worst / largest
}

describe("a model of one's own gives what TensorFlow.js gives for it", () => {
  it.each([
    ['a Sequential with its last dense layer taken off', sequentialClassifier, 'hidden', 24],
    ['a Functional model with branches', branchedModel, 'norm', 32],
    ['a model within a model, with its head taken off', nestedClassifier, 'flatten', 24],
  ] as const)('%s', async (_name, make, feature, size) => {
    expect(await differenceOf(make(), { feature, size })).toBeLessThan(1e-4)
  })

  it("at a layer that is named, and at a size of the person's where the model takes any", async () => {
    const model = sequentialClassifier(null)
    expect(await differenceOf(model, { feature: 'leaky', wanted: 'leaky', size: 40 })).toBeLessThan(1e-4)
  })

  it.each(['uint8', 'uint16'] as const)('with values stored as %s', async (stored) => {
    expect(await differenceOf(branchedModel(), { feature: 'norm', size: 32, stored })).toBeLessThan(1e-4)
  })
})
