import type { FrozenPart } from '../frozen-part.ts'
import type { TrainingAugmentation } from '../training-augmentation.ts'

/** A record that a training needs. */
export interface WantedRecord {
  readonly position: number
  /** Of the augmented image; null: the image as it is. */
  readonly variant: number | null
  /** Whether it is met again, so that it is worth keeping. */
  readonly isKept: boolean
}

/** Which records a training meets, and where each has its place in memory. */
export interface RecordPlan {
  /** Records that are kept, in the order of their slots. */
  readonly kept: readonly WantedRecord[]
  /** Whether the kept records are all that a training meets. */
  readonly isComplete: boolean
  /** The record of an image in an epoch; without an epoch, of the image as it is. */
  readonly wanted: (position: number, epoch: number | undefined) => WantedRecord
  readonly slotOf: (position: number, variant: number | null) => number | undefined
  /** Where the record is the decoded image: the variant that is drawn when it is read. */
  readonly pixelVariantOf: (position: number, epoch: number | undefined) => number | null
}

export function planRecords(
  { length }: ArrayLike<unknown>,
  { isPixels }: Pick<FrozenPart, 'isPixels'>,
  augmentation: TrainingAugmentation | null,
): RecordPlan {
  const isAugmented = (position: number): boolean => augmentation?.positions.has(position) ?? false
  const keptVariants = isPixels ? [] : (augmentation?.keptVariants ?? [])
  const asItIs = [null]
  const variantsOf = (position: number): readonly (number | null)[] =>
    isAugmented(position) && !isPixels ? keptVariants : asItIs
  const kept: WantedRecord[] = []
  const firstSlots = new Uint32Array(length)
  for (let position = 0; position < length; position += 1) {
    firstSlots[position] = kept.length
    for (const variant of variantsOf(position)) kept.push({ position, variant, isKept: true })
  }
  const slotOf = (position: number, variant: number | null): number | undefined => {
    const place = variantsOf(position).indexOf(variant)
    return place < 0 ? undefined : (firstSlots[position] as number) + place
  }
  return {
    kept,
    isComplete: isPixels || augmentation === null || augmentation.kept > 0,
    slotOf,
    wanted(position, epoch) {
      let variant: number | null = null
      if (augmentation !== null && epoch !== undefined && isAugmented(position) && !isPixels) {
        variant = augmentation.kept === 0 ? epoch : augmentation.keptVariantOf(epoch)
      }
      return { position, variant, isKept: slotOf(position, variant) !== undefined }
    },
    pixelVariantOf: (position, epoch) =>
      isPixels && epoch !== undefined && isAugmented(position) ? epoch : null,
  }
}
