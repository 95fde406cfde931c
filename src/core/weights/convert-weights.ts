import { createHash } from 'node:crypto'
import { renameSync } from 'node:fs'
import { join } from 'node:path'
import type { WeightsFormatId } from '../../contract/entities.ts'
import type { Backbone, Convention } from '../../models/backbone.ts'
import { backbones } from '../../models/catalog.ts'
import { elementCount } from '../../models/shapes.ts'
import { writeFileDurably } from '../store/write-file-durably.ts'
import { canonicalFile } from './canonical-file.ts'
import { openWeights } from './index.ts'
import { classifierFileName, weightsFileName } from './file-names.ts'
import { mapWeights, type MappedParameter } from './map-weights.ts'
import type { WeightsFile } from './weights-file.ts'

/** What became of a file. */
export interface ConvertedWeights {
  readonly format: WeightsFormatId
  readonly convention: Convention
  /** Of the canonical file, in hexadecimal; it is named `<sha256>.safetensors`. */
  readonly sha256: string
  readonly bytes: number
  readonly tensors: number
  /** Layers that have their parameters from the file. */
  readonly layersMatched: number
  /** Whether the published classifier was in it: `<sha256>.classifier.safetensors`. */
  readonly hasClassifier: boolean
  /** Names of tensors that were left out. */
  readonly dropped: readonly string[]
}

/**
 * Reads a file of weights in any format and writes it as the canonical file of a backbone, and one of its classifier where it has that.
 *
 * @param folder where they are written
 * @param onProgress told of bytes written, of how many
 * @throws AppError 'source-not-found', 'weights-format-unknown', 'weights-invalid', 'weights-unsafe', 'weights-mismatch', and what the file
 *   system says
 */
export async function convertWeights(
  path: string,
  backbone: Backbone,
  folder: string,
  onProgress?: OnProgress,
): Promise<ConvertedWeights> {
  const file = await openWeights(path)
  try {
    return writeCanonical(file, backbone, folder, onProgress)
  } finally {
    file.close()
  }
}

type OnProgress = (done: number, total: number) => void

/**
 * Writes an open file as `convertWeights` does; it stays open.
 *
 * @throws AppError 'weights-invalid', 'weights-mismatch', and what the file system says
 */
export function writeCanonical(
  file: WeightsFile,
  backbone: Backbone,
  folder: string,
  onProgress: OnProgress = () => {},
): ConvertedWeights {
  const { convention, features, classifier, dropped } = mapWeights(file, backbone, backbones)
  const total = bytesOf(features) + bytesOf(classifier ?? [])
  let done = 0
  const write = (name: string, parameters: readonly MappedParameter[]): { sha256: string; bytes: number } => {
    const hash = createHash('sha256')
    let bytes = 0
    writeFileDurably(
      join(folder, name),
      (function* () {
        for (const chunk of canonicalFile(backbone.meta.id, convention, parameters)) {
          hash.update(chunk)
          bytes += chunk.byteLength
          done += chunk.byteLength
          onProgress(Math.min(done, total), total)
          yield chunk
        }
      })(),
    )
    return { sha256: hash.digest('hex'), bytes }
  }
  const { sha256, bytes } = write('features', features)
  if (classifier) {
    write('classifier', classifier)
    renameSync(join(folder, 'classifier'), join(folder, classifierFileName(sha256)))
  }
  renameSync(join(folder, 'features'), join(folder, weightsFileName(sha256)))
  return {
    format: file.format,
    convention,
    sha256,
    bytes,
    tensors: features.length,
    layersMatched: new Set(features.map(({ parameter }) => parameter.node)).size,
    hasClassifier: classifier !== null,
    dropped,
  }
}

function bytesOf(parameters: readonly MappedParameter[]): number {
  return parameters.reduce((sum, { parameter }) => sum + 4 * elementCount(parameter.shape), 0)
}
