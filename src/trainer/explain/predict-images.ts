import { softmax } from '../training/predict-rows.ts'
import type { LoadedModel } from './loaded-models.ts'
import { imagesTensor } from './read-image.ts'

/**
 * Probabilities of images, in 64 bits: where a model is all but sure, what changes is far behind the point.
 *
 * @param images uint8 `[inputSize, inputSize, 3]` each
 * @returns for each image as many as there are classes, with the sum 1
 */
export async function predictImages(
  model: LoadedModel,
  images: readonly Uint8Array[],
): Promise<Float64Array[]> {
  const input = imagesTensor(model, images)
  const result = model.executor.infer(input, model.parameters)
  try {
    const logits = (await result.data()) as Float32Array
    const classes = logits.length / images.length
    const probabilities = new Float64Array(logits.length)
    softmax(logits, classes, probabilities)
    return images.map((_, index) => probabilities.subarray(index * classes, (index + 1) * classes))
  } finally {
    input.dispose()
    result.dispose()
  }
}
