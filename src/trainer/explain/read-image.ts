import * as tf from '@tensorflow/tfjs-core'
import { AppError } from '../../contract/errors.ts'
import { decodeForNetwork } from '../decode-for-network.ts'
import type { LoadedModel } from './loaded-models.ts'

/**
 * Reads one image as a model takes it, but not yet normalized.
 *
 * @returns uint8 `[inputSize, inputSize, 3]`
 * @throws AppError 'image-unreadable'
 */
export async function readImage(
  { description: { inputSize, preprocessing } }: Pick<LoadedModel, 'description'>,
  path: string,
  sha256: string,
): Promise<Uint8Array> {
  const size = { width: inputSize, height: inputSize, resize: preprocessing.resize }
  const decoded = await decodeForNetwork(path, sha256, size)
  if (decoded instanceof Uint8Array) return decoded
  throw new AppError('image-unreadable', `${path} cannot be read (${decoded.reason}): ${decoded.detail}`, {
    path,
    reason: decoded.reason,
  })
}

/** Images as a network's input, float32 `[images, inputSize, inputSize, 3]`; the caller disposes it. */
export function imagesTensor(
  { description: { inputSize }, normalize }: Pick<LoadedModel, 'description' | 'normalize'>,
  images: readonly Uint8Array[],
): tf.Tensor {
  const length = inputSize * inputSize * 3
  const data = new Float32Array(images.length * length)
  images.forEach((pixels, index) => normalize(pixels, data, index * length))
  return tf.tensor(data, [images.length, inputSize, inputSize, 3])
}
