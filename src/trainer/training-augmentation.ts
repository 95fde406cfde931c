import type { TrainPlan } from '../contract/train-plan.ts'
import { createRandom } from '../models/random.ts'
import { parseAugmentations } from '../models/training/augmentations.ts'
import { createAugmenter, type Augmenter } from '../ml/augmentations/index.ts'

/** How the images of a training are augmented. */
export interface TrainingAugmentation {
  readonly augmenter: Augmenter
  /** Positions of the training images: no other is ever augmented. */
  readonly positions: ReadonlySet<number>
  /** Variants of each image that are kept; 0: each epoch has one of its own, which is not kept. */
  readonly kept: number
  /** The variant, 1 to `kept`, that an epoch (1, 2, …) sees: all of them in seeded order, then again in another one. */
  readonly keptVariantOf: (epoch: number) => number
  /** The variants that the whole training meets, ascending. */
  readonly keptVariants: readonly number[]
}

/**
 * @param positions of the training images
 * @returns null where the plan has no augmentation
 * @throws AppError 'plan-invalid' where the specification is not valid
 */
export function createTrainingAugmentation(
  plan: Pick<TrainPlan, 'augment' | 'augmentVariants' | 'epochs' | 'seed'>,
  positions: readonly number[],
): TrainingAugmentation | null {
  const steps = parseAugmentations(plan.augment)
  if (steps.length === 0) return null
  const kept = plan.augmentVariants
  const orders = new Map<number, Uint32Array>()
  const keptVariantOf = (epoch: number): number => {
    const cycle = Math.floor((epoch - 1) / kept)
    const order =
      orders.get(cycle) ??
      createRandom({ seed: plan.seed, purpose: 'variants', epoch: cycle }).permutation(kept)
    orders.set(cycle, order)
    return (order[(epoch - 1) % kept] ?? 0) + 1
  }
  const first = Array.from({ length: Math.min(kept, plan.epochs) }, (_, index) => keptVariantOf(index + 1))
  // One incomplete round meets only some of them; from the second round on it is all.
  const met = plan.epochs > kept ? Array.from({ length: kept }, (_, index) => index + 1) : first
  return {
    augmenter: createAugmenter(steps, plan.seed),
    positions: new Set(positions),
    kept,
    keptVariantOf,
    keptVariants: met.sort((a, b) => a - b),
  }
}
