import type { SkippedFile } from '../../contract/entities.ts'
import { AppError, toErrorPayload } from '../../contract/errors.ts'
import type { JobInput, JobOutput } from '../../contract/jobs.ts'
import { encodeGreyMap } from '../../imaging/encode-grey-map.ts'
import { encodeJpeg } from '../../imaging/encode-jpeg.ts'
import { scaleMap } from '../../ml/explain/scale-map.ts'
import { findSpatialLayer, spatialLayersOf } from '../../models/spatial-layers.ts'
import { loadModel } from '../explain/loaded-models.ts'
import { mapByGradient } from '../explain/map-by-gradient.ts'
import { readImage } from '../explain/read-image.ts'
import type { JobContext } from '../job-context.ts'
import { breathe, reportProgress } from '../job-context.ts'
import { startEngine } from '../start-engine.ts'

/**
 * The mean of what in many images speaks for one class, and the mean of these images. Each map counts alike, however strong it is.
 *
 * @throws AppError 'run-has-no-model', 'class-not-found', 'layer-not-found', 'layer-too-small', 'image-unreadable' where none can be read,
 * 'weights-missing', 'weights-invalid', 'engine-unavailable', 'cancelled'
 */
export async function meanMap(
  input: JobInput<'meanMap'>,
  context: JobContext,
): Promise<JobOutput<'meanMap'>> {
  const engine = await startEngine(input.engine, context)
  const model = await loadModel(input.runFolder, input.weights, engine)
  const { classes, inputSize, preprocessing } = model.description
  const classIndex = classes.indexOf(input.class)
  if (classIndex < 0) {
    throw new AppError(
      'class-not-found',
      `The model has no class '${input.class}'; its classes are: ${classes.join(', ')}.`,
      {
        class: input.class,
        classes: [...classes],
      },
    )
  }
  const { name: layer, height, width } = findSpatialLayer(model.graph, input.layer)
  const mapSum = new Float64Array(height * width)
  const pixelSum = new Float64Array(inputSize * inputSize * 3)
  const skipped: SkippedFile[] = []
  let images = 0
  const progress = reportProgress(context, 'evaluation', input.images.length)
  for (const { path, sha256 } of input.images) {
    try {
      const pixels = await readImage(model, path, sha256)
      const map = await mapByGradient(model, pixels, classIndex, layer, input.method)
      map.values.forEach((value, index) => (mapSum[index] = (mapSum[index] as number) + value))
      pixels.forEach((value, index) => (pixelSum[index] = (pixelSum[index] as number) + value))
      images += 1
    } catch (error) {
      const { code, message } = toErrorPayload(error)
      if (code !== 'image-unreadable') throw error
      skipped.push({ path, reason: 'unreadable', detail: message })
    }
    progress.advance()
    await breathe(context)
  }
  progress.finish()
  if (images === 0) {
    throw new AppError(
      'image-unreadable',
      `None of the ${input.images.length} images can be read (${skipped[0]?.detail ?? ''}).`,
      {
        images: input.images.length,
      },
    )
  }
  const values = scaleMap(Float32Array.from(mapSum, (value) => value / images))
  const pixels = Uint8Array.from(pixelSum, (value) => Math.round(value / images))
  const square = { height: inputSize, width: inputSize }
  return {
    class: input.class,
    layer,
    layers: spatialLayersOf(model.graph),
    inputSize,
    resize: preprocessing.resize,
    images,
    skipped,
    map: { height, width, values },
    overlay: new Uint8Array(await encodeGreyMap(values, { height, width }, inputSize)),
    picture: new Uint8Array(await encodeJpeg(pixels, square)),
  }
}
