import { availableParallelism } from 'node:os'
import type { SkippedFile } from '../../contract/entities.ts'
import type { DecodeFailure } from '../../imaging/decode.ts'
import { decodeForNetwork } from '../decode-for-network.ts'
import type { FrozenPart } from '../frozen-part.ts'
import type { JobContext } from '../job-context.ts'
import { breathe } from '../job-context.ts'

/** An image to read. */
export interface SourceImage {
  readonly path: string
  /** That its bytes must have; empty: whatever they are. */
  readonly sha256: string
  /** Changes the decoded pixels, uint8 `[height, width, 3]`, before they are computed with. */
  readonly augment?: (pixels: Uint8Array) => Uint8Array
}

/**
 * Decodes images and computes their records, in order. Decoding runs on libuv's threads and stays ahead of the engine, which blocks this
 * thread: while one batch is computed the next ones are decoded.
 *
 * @param onRecord is given each record with the position of its image in `images`; the bytes are valid after the call too
 * @param onSkipped is told of each image that cannot be read, or whose bytes are no longer those of its hash
 */
export async function computeRecords(
  images: readonly SourceImage[],
  part: FrozenPart,
  context: JobContext,
  onRecord: (position: number, record: Uint8Array) => void,
  onSkipped: (position: number, skipped: SkippedFile) => void,
): Promise<void> {
  const ahead = part.batchSize + Math.max(8, 2 * availableParallelism())
  const decoding = new Map<number, Promise<Uint8Array | DecodeFailure>>()
  let next = 0
  const decode = ({ path, sha256 }: SourceImage): Promise<Uint8Array | DecodeFailure> =>
    decodeForNetwork(path, sha256, part.decode)
  const startDecoding = (): void => {
    while (next < images.length && decoding.size < ahead) {
      decoding.set(next, decode(images[next] as SourceImage))
      next += 1
    }
  }
  let batch: { position: number; pixels: Uint8Array }[] = []
  const finishBatch = async (): Promise<void> => {
    const records = await part.compute(batch.map(({ pixels }) => pixels))
    batch.forEach(({ position }, index) => onRecord(position, records[index] as Uint8Array))
    batch = []
  }
  try {
    for (let position = 0; position < images.length; position += 1) {
      startDecoding()
      const { path, augment } = images[position] as SourceImage
      const decoded = await decoding.get(position)
      decoding.delete(position)
      startDecoding()
      if (decoded instanceof Uint8Array) {
        batch.push({ position, pixels: augment === undefined ? decoded : augment(decoded) })
      } else if (decoded !== undefined) onSkipped(position, { path, ...decoded })
      if (batch.length === part.batchSize || (position === images.length - 1 && batch.length > 0)) {
        await finishBatch()
      }
      await breathe(context)
    }
  } finally {
    await Promise.all(decoding.values())
  }
}
