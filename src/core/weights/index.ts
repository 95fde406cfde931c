import { AppError } from '../../contract/errors.ts'
import { kerasH5Format } from './keras-h5.ts'
import { kerasZipFormat } from './keras-zip.ts'
import { pytorchFormat } from './pytorch.ts'
import { openRandomAccess } from './random-access.ts'
import { safetensorsFormat } from './safetensors.ts'
import { tfjsLayersFormat } from './tfjs-layers.ts'
import { weightsFormatNames, type FileStart, type WeightsFile, type WeightsFormat } from './weights-file.ts'
import { isZip, openZip } from './zip-file.ts'

/** Every format that weights are read from. To add one is to add its line. */
export const weightsFormats: readonly WeightsFormat[] = [
  kerasH5Format,
  kerasZipFormat,
  safetensorsFormat,
  pytorchFormat,
  tfjsLayersFormat,
]

const startBytes = 4096

/**
 * Opens a file of weights in whatever format it is, which its bytes tell.
 *
 * @throws AppError 'source-not-found', 'permission-denied', 'weights-format-unknown' where it is none of the formats, and what the
 *   format's reader throws
 */
export async function openWeights(path: string): Promise<WeightsFile> {
  const start = await readStart(path)
  const format = weightsFormats.find(({ matches }) => matches(start))
  if (format) return format.open(path)
  const names = weightsFormats.map(({ id, endings }) => `${weightsFormatNames[id]} (${endings.join(', ')})`)
  throw new AppError(
    'weights-format-unknown',
    `${path} should be a file of weights: ${names.join('; ')}. Its bytes are of none of them. Choose another file.`,
    { path, formats: names },
  )
}

async function readStart(path: string): Promise<FileStart> {
  const file = openRandomAccess(path)
  let bytes: Uint8Array
  try {
    bytes = file.read(0, Math.min(startBytes, file.size))
  } finally {
    file.close()
  }
  if (!isZip(bytes)) return { bytes, entries: null }
  const zip = await openZip(path)
  try {
    return { bytes, entries: [...zip.entries.keys()] }
  } finally {
    zip.close()
  }
}
