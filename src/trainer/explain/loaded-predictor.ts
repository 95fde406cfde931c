import * as tf from '@tensorflow/tfjs-core'
import type { EngineId } from '../../contract/engine-ids.ts'
import type { WeightsReference } from '../../contract/jobs.ts'
import { createExecutor, createParameters, disposeParameters } from '../../ml/execute.ts'
import { parametersOf } from '../../models/shapes.ts'
import { createFrozenPart, type FrozenPart } from '../frozen-part.ts'
import { readModel } from '../model-file.ts'
import { readModelValues } from '../model-values.ts'
import { recordShapeOf } from '../network.ts'
import { softmax } from '../training/predict-rows.ts'
import { createModelCache } from './model-cache.ts'

/** A run's model on the engine, cut as it was trained, so that it predicts what its training stored. */
export interface LoadedPredictor {
  readonly classes: readonly string[]
  readonly part: FrozenPart
  /** Probabilities `[records.length, classes]` from records of `part`. */
  readonly predict: (records: readonly Uint8Array[]) => Promise<Float32Array>
  readonly dispose: () => void
}

/** People predict by one run at a time. */
const predictorsKept = 1

const cache = createModelCache<LoadedPredictor>(predictorsKept, (predictor) => predictor.dispose())

/**
 * The predictor of a run on an engine. The last one is kept: a list of images comes in parts, and a camera's pictures one by one.
 *
 * @throws AppError 'run-has-no-model', 'weights-missing', 'weights-invalid'
 */
export function loadPredictor(
  runFolder: string,
  weights: WeightsReference | null,
  engine: EngineId,
): Promise<LoadedPredictor> {
  return cache.get(runFolder, weights, engine, () => read(runFolder, weights, engine))
}

async function read(
  runFolder: string,
  weights: WeightsReference | null,
  engine: EngineId,
): Promise<LoadedPredictor> {
  const model = await readModel(runFolder)
  const { description, network } = model
  const values = await readModelValues(model, weights)
  const part = createFrozenPart({
    preprocessing: description.preprocessing,
    graph: network.cut.frozen,
    values: () => values,
    weightsSha256: description.backboneSha256,
    engine,
  })
  const executor = createExecutor(network.cut.rest)
  const parameters = createParameters(parametersOf(network.cut.rest), values)
  const shape = recordShapeOf(network)
  const classes = description.classes.length
  return {
    classes: description.classes,
    part,
    async predict(records) {
      const input = new Float32Array(records.length * part.length)
      records.forEach((record, index) => part.expand(record, input, index * part.length))
      const rows = tf.tensor(input, [records.length, ...shape])
      const logits = executor.infer(rows, parameters)
      try {
        const probabilities = new Float32Array(records.length * classes)
        softmax((await logits.data()) as Float32Array, classes, probabilities)
        return probabilities
      } finally {
        tf.dispose([rows, logits])
      }
    },
    dispose() {
      part.dispose()
      disposeParameters(parameters)
    },
  }
}
