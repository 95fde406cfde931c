import type { JobInput, JobOutput } from '../../contract/jobs.ts'
import { loadModel, type LoadedModel } from '../explain/loaded-models.ts'
import { imagesTensor, readImage } from '../explain/read-image.ts'
import { readTrainingFeatures, unitRows, type TrainingFeatures } from '../explain/training-features.ts'
import type { JobContext } from '../job-context.ts'
import { startEngine } from '../start-engine.ts'

/** Features that take more memory than this are read from the cache again for each image. */
const keptBytes = 256 * 2 ** 20

/**
 * Finds the training images that a model takes to be most like an image. Their features stay in memory with the model, for the next image.
 *
 * @throws AppError 'run-has-no-model', 'image-unreadable', 'weights-missing', 'weights-invalid', 'engine-unavailable', 'cancelled'
 */
export async function neighbours(
  input: JobInput<'neighbours'>,
  context: JobContext,
): Promise<JobOutput<'neighbours'>> {
  const engine = await startEngine(input.engine, context)
  const model = await loadModel(input.runFolder, input.weights, engine)
  const pixels = await readImage(model, input.path, input.sha256)
  const known = model.trainingFeatures ?? (await readTrainingFeatures(input, engine, context))
  if (known.rows.byteLength <= keptBytes) model.trainingFeatures = known
  const query = await featureOf(model, pixels, known.width)
  return {
    neighbours: similaritiesTo(query, known)
      .filter(({ position }) => input.images[position]?.sha256 !== input.sha256)
      .sort((a, b) => b.similarity - a.similarity || a.position - b.position)
      .slice(0, input.count),
  }
}

async function featureOf(model: LoadedModel, pixels: Uint8Array, width: number): Promise<Float32Array> {
  const image = imagesTensor(model, [pixels])
  const value = model.features.infer(image, model.parameters)
  try {
    return unitRows((await value.data()) as Float32Array, 1, width)
  } finally {
    image.dispose()
    value.dispose()
  }
}

function similaritiesTo(
  query: Float32Array,
  { positions, rows, width }: TrainingFeatures,
): JobOutput<'neighbours'>['neighbours'] {
  return positions.map((position, row) => {
    let similarity = 0
    for (let index = 0; index < width; index += 1) {
      similarity += (query[index] as number) * (rows[row * width + index] as number)
    }
    return { position, similarity }
  })
}
