import type * as tf from '@tensorflow/tfjs-core'
import type { EngineId } from '../../contract/engine-ids.ts'
import type { WeightsReference } from '../../contract/jobs.ts'
import { createExecutor, createParameters, disposeParameters, type Executor } from '../../ml/execute.ts'
import { createNormalizer, type PixelNormalizer } from '../../ml/preprocess.ts'
import { truncateAt, type Graph } from '../../models/graph.ts'
import { inferenceGraph } from '../../models/inference-graph.ts'
import { parametersOf } from '../../models/shapes.ts'
import { readModel, type ModelDescription } from '../model-file.ts'
import { readModelValues } from '../model-values.ts'
import { createModelCache } from './model-cache.ts'
import type { TrainingFeatures } from './training-features.ts'

/** A run's model on the engine, ready for one image after another. */
export interface LoadedModel {
  readonly description: ModelDescription
  /** From the image to the logits. @see inferenceGraph */
  readonly graph: Graph
  readonly parameters: ReadonlyMap<string, tf.Tensor>
  readonly executor: Executor
  /** Up to the feature layer. */
  readonly features: Executor
  readonly normalize: PixelNormalizer
  /** Once somebody asked for neighbours. */
  trainingFeatures: TrainingFeatures | null
}

/** Of the usual backbones 20 to 500 MB each. */
const modelsKept = 2

const cache = createModelCache<LoadedModel>(modelsKept, (model) => {
  disposeParameters(model.parameters)
  model.trainingFeatures = null
})

/**
 * The model of a run on an engine. The last two are kept.
 *
 * @throws AppError 'run-has-no-model', 'weights-missing', 'weights-invalid'
 */
export function loadModel(
  runFolder: string,
  weights: WeightsReference | null,
  engine: EngineId,
): Promise<LoadedModel> {
  return cache.get(runFolder, weights, engine, () => read(runFolder, weights))
}

async function read(runFolder: string, weights: WeightsReference | null): Promise<LoadedModel> {
  const model = await readModel(runFolder)
  const { description, network } = model
  const folded = inferenceGraph(network.graph)
  const values = folded.foldTensors(await readModelValues(model, weights))
  return {
    description,
    graph: folded.graph,
    parameters: createParameters(parametersOf(folded.graph), values),
    executor: createExecutor(folded.graph),
    features: createExecutor(truncateAt(folded.graph, description.featureLayer)),
    normalize: createNormalizer(description.preprocessing),
    trainingFeatures: null,
  }
}
