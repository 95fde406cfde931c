import type { JobInput, JobOutput } from '../../contract/jobs.ts'
import { createExecutor } from '../../ml/execute.ts'
import { strongestChannels } from '../../ml/explain/channel-maps.ts'
import { truncateAt } from '../../models/graph.ts'
import { findSpatialLayer, spatialLayersOf } from '../../models/spatial-layers.ts'
import { loadModel } from '../explain/loaded-models.ts'
import { imagesTensor, readImage } from '../explain/read-image.ts'
import type { JobContext } from '../job-context.ts'
import { startEngine } from '../start-engine.ts'

/**
 * Shows what the channels of a layer find in an image. The model stays loaded for the next image.
 *
 * @throws AppError 'run-has-no-model', 'image-unreadable', 'layer-not-found', 'layer-too-small', 'weights-missing', 'weights-invalid',
 * 'engine-unavailable', 'cancelled'
 */
export async function layerMaps(
  input: JobInput<'layerMaps'>,
  context: JobContext,
): Promise<JobOutput<'layerMaps'>> {
  const engine = await startEngine(input.engine, context)
  const model = await loadModel(input.runFolder, input.weights, engine)
  const layer = findSpatialLayer(model.graph, input.layer)
  const image = imagesTensor(model, [await readImage(model, input.path, input.sha256)])
  const value = createExecutor(truncateAt(model.graph, layer.name)).infer(image, model.parameters)
  try {
    const activations = (await value.data()) as Float32Array
    return {
      layer: layer.name,
      layers: spatialLayersOf(model.graph),
      height: layer.height,
      width: layer.width,
      channels: layer.channels,
      maps: strongestChannels(activations, layer.channels, input.count),
    }
  } finally {
    image.dispose()
    value.dispose()
  }
}
