import type { EngineId } from '../../contract/engine-ids.ts'
import { AppError } from '../../contract/errors.ts'
import type { JobInput, JobOutput } from '../../contract/jobs.ts'
import { encodeGreyMap } from '../../imaging/encode-grey-map.ts'
import { occlude, occlusionMap, planOcclusion } from '../../ml/explain/occlusion.ts'
import { scaleMap } from '../../ml/explain/scale-map.ts'
import { findSpatialLayer, spatialLayersOf } from '../../models/spatial-layers.ts'
import { loadModel, type LoadedModel } from '../explain/loaded-models.ts'
import { mapByGradient } from '../explain/map-by-gradient.ts'
import { predictImages } from '../explain/predict-images.ts'
import { readImage } from '../explain/read-image.ts'
import type { JobContext } from '../job-context.ts'
import { breathe, reportProgress } from '../job-context.ts'
import { startEngine } from '../start-engine.ts'

type HeatMap = JobOutput<'explain'>['map']

/** Covered images at once. */
const batchSizes: { readonly [Engine in EngineId]: number } = { native: 16, webgpu: 16, wasm: 4, cpu: 1 }

/**
 * Says what in an image speaks for a class. The model stays loaded for the next image.
 *
 * @throws AppError 'run-has-no-model', 'image-unreadable', 'class-not-found', 'layer-not-found', 'layer-too-small', 'weights-missing', 'weights-invalid',
 * 'engine-unavailable', 'cancelled'
 */
export async function explain(
  input: JobInput<'explain'>,
  context: JobContext,
): Promise<JobOutput<'explain'>> {
  const { method } = input
  const engine = await startEngine(input.engine, context)
  const model = await loadModel(input.runFolder, input.weights, engine)
  const { classes, inputSize, preprocessing } = model.description
  const named = input.class === null ? null : indexOfClass(classes, input.class)
  const layer = method === 'occlusion' ? null : findSpatialLayer(model.graph, input.layer).name
  const pixels = await readImage(model, input.path, input.sha256)
  const [probabilities = new Float64Array()] = await predictImages(model, [pixels])
  const classIndex = named ?? probabilities.indexOf(Math.max(...probabilities))
  const map =
    method === 'occlusion' || layer === null
      ? await mapByOcclusion(model, pixels, classIndex, probabilities[classIndex] ?? 0, { engine, context })
      : await mapByGradient(model, pixels, classIndex, layer, method)
  return {
    method,
    class: classes[classIndex] ?? '',
    layer,
    layers: spatialLayersOf(model.graph),
    probabilities: classes
      .map((name, index) => ({ class: name, probability: probabilities[index] ?? 0 }))
      .sort((a, b) => b.probability - a.probability),
    inputSize,
    resize: preprocessing.resize,
    map,
    overlay: new Uint8Array(await encodeGreyMap(map.values, map, inputSize)),
  }
}

async function mapByOcclusion(
  model: LoadedModel,
  pixels: Uint8Array,
  classIndex: number,
  whole: number,
  { engine, context }: { engine: EngineId; context: JobContext },
): Promise<HeatMap> {
  const { inputSize } = model.description
  const grid = planOcclusion(inputSize)
  const progress = reportProgress(context, 'evaluation', grid.patches.length)
  const covered: number[] = []
  const batchSize = batchSizes[engine]
  for (let first = 0; first < grid.patches.length; first += batchSize) {
    const patches = grid.patches.slice(first, first + batchSize)
    const rows = await predictImages(
      model,
      patches.map((patch) => occlude(pixels, inputSize, patch)),
    )
    covered.push(...rows.map((row) => row[classIndex] ?? 0))
    progress.advance(patches.length)
    await breathe(context)
  }
  progress.finish()
  const { cells } = grid
  return { height: cells, width: cells, values: scaleMap(occlusionMap(grid, whole, covered)) }
}

function indexOfClass(classes: readonly string[], name: string): number {
  const index = classes.indexOf(name)
  if (index >= 0) return index
  throw new AppError(
    'class-not-found',
    `The model has no class '${name}'; its classes are: ${classes.join(', ')}.`,
    { class: name, classes: [...classes] },
  )
}
