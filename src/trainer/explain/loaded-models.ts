import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type * as tf from '@tensorflow/tfjs-core'
import type { EngineId } from '../../contract/engine-ids.ts'
import type { WeightsReference } from '../../contract/jobs.ts'
import { createExecutor, createParameters, disposeParameters, type Executor } from '../../ml/execute.ts'
import { createNormalizer, type PixelNormalizer } from '../../ml/preprocess.ts'
import { truncateAt, type Graph } from '../../models/graph.ts'
import { inferenceGraph } from '../../models/inference-graph.ts'
import { parametersOf } from '../../models/shapes.ts'
import { modelFileNames, readModel, type ModelDescription } from '../model-file.ts'
import { readModelValues } from '../model-values.ts'
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

interface Entry {
  readonly key: string
  readonly model: LoadedModel
}

/** Of the usual backbones 20 to 500 MB each. */
const modelsKept = 2

/** The newest last. A process does one job at a time, so nothing is freed while it is used. */
const kept: Entry[] = []

/**
 * The model of a run on an engine: the one that was used before, where its files are the same. Two are kept, and the one that was not used for
 * longest is freed for another.
 *
 * @throws AppError 'run-has-no-model', 'weights-missing', 'weights-invalid'
 */
export async function loadModel(
  runFolder: string,
  weights: WeightsReference | null,
  engine: EngineId,
): Promise<LoadedModel> {
  const key = JSON.stringify([runFolder, await stampOf(runFolder), weights?.sha256 ?? null, engine])
  const found = kept.findIndex((entry) => entry.key === key)
  const entry =
    found >= 0 ? (kept.splice(found, 1)[0] as Entry) : { key, model: await read(runFolder, weights) }
  kept.push(entry)
  while (kept.length > modelsKept) free(kept.shift() as Entry)
  return entry.model
}

function free({ model }: Entry): void {
  disposeParameters(model.parameters)
  model.trainingFeatures = null
}

/** Changes when a model is written anew. */
async function stampOf(runFolder: string): Promise<number[]> {
  const times = modelFileNames.map(async (name) => {
    const found = await stat(join(runFolder, name)).catch(() => null)
    return found?.mtimeMs ?? 0
  })
  return Promise.all(times)
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
