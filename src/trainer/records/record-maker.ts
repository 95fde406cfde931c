import type { DecodeFailure } from '../../imaging/decode.ts'
import type { Augmenter } from '../../ml/augmentations/index.ts'
import { decodeForNetwork } from '../decode-for-network.ts'
import type { FrozenPart } from '../frozen-part.ts'

/** An image to compute a record of. */
export interface SourceImage {
  readonly path: string
  /** That its bytes must have; empty: whatever they are. */
  readonly sha256: string
  /** The variant of it that is wanted; null, absent: the image as it is. */
  readonly variant?: number | null
}

/** What turns images into records. */
export interface RecordMaker {
  readonly part: FrozenPart
  /** Draws variants; null: no image is wanted as one. */
  readonly augmenter: Augmenter | null
}

/** A record; or why an image has none. */
export type ComputedRecord = Uint8Array | DecodeFailure

/** @returns uint8 `[height, width, 3]`, or the reason why there are no pixels */
export function decodeSource({ path, sha256 }: SourceImage, { part }: RecordMaker): Promise<ComputedRecord> {
  return decodeForNetwork(path, sha256, part.decode)
}

/**
 * The records of decoded images, which go through the engine at once.
 *
 * @param decoded of each image, as {@link decodeSource} gives it
 */
export async function makeRecords(
  images: readonly SourceImage[],
  decoded: readonly ComputedRecord[],
  { part, augmenter }: RecordMaker,
): Promise<ComputedRecord[]> {
  const { height, width } = part.decode
  const pictures = images.flatMap(({ sha256, variant }, index) => {
    const pixels = decoded[index]
    if (!(pixels instanceof Uint8Array)) return []
    if (variant == null || augmenter === null) return [pixels]
    return [augmenter.augment({ pixels, height, width }, { sha256, variant })]
  })
  const records = pictures.length === 0 ? [] : await part.compute(pictures)
  let next = 0
  return decoded.map((one) => (one instanceof Uint8Array ? (records[next++] as Uint8Array) : one))
}
