import { createRandom } from '../../models/random.ts'
import {
  formatAugmentations,
  type AugmentationName,
  type AugmentationStep,
} from '../../models/training/augmentations.ts'
import { blur } from './blur.ts'
import { brightness } from './brightness.ts'
import { contrast } from './contrast.ts'
import { erasing } from './erasing.ts'
import { flip } from './flip.ts'
import { hue } from './hue.ts'
import { noise } from './noise.ts'
import { padAndCrop } from './pad-and-crop.ts'
import type { Augmentation, Picture } from './picture.ts'
import { randAugment } from './rand-augment.ts'
import { randomResizedCrop } from './random-resized-crop.ts'
import { rotate } from './rotate.ts'
import { saturation } from './saturation.ts'
import { verticalFlip } from './vertical-flip.ts'

/** What each augmentation does. */
export const augmentations: { readonly [Name in AugmentationName]: Augmentation<Name> } = {
  flip,
  'vertical-flip': verticalFlip,
  crop: padAndCrop,
  'resized-crop': randomResizedCrop,
  rotate,
  brightness,
  contrast,
  saturation,
  hue,
  blur,
  noise,
  erasing,
  randaugment: randAugment,
}

/** Changes when equal specifications begin to give other pixels: caches of what is computed from them name it. */
export const augmentationVersion = 1

/** What a variant of an image is drawn by. */
export interface VariantKey {
  /** Of the image's bytes, in hexadecimal: never its place in a list, so that other images make no difference. */
  readonly sha256: string
  /** 0 to 2^32 - 1. */
  readonly variant: number
}

/** Augments pictures by a list of augmentations and a seed. */
export interface Augmenter {
  /** Names everything that the pixels depend on, apart from the picture and its key. */
  readonly id: string
  /** The augmentations with all of their numbers. */
  readonly specification: string
  readonly seed: number
  /**
   * The variant of a picture: equal arguments give equal pixels, on every machine and engine, in whatever order they are asked for.
   *
   * @returns uint8 `[height, width, 3]`; the picture stays as it is
   */
  readonly augment: (picture: Picture, key: VariantKey) => Uint8Array
}

/** @param seed 0 to 2^53 - 1 */
export function createAugmenter(steps: readonly AugmentationStep[], seed: number): Augmenter {
  const specification = formatAugmentations(steps)
  return {
    id: `${augmentationVersion} ${seed} ${specification}`,
    specification,
    seed,
    augment(picture, { sha256, variant }) {
      const item = Number.parseInt(sha256.slice(0, 8), 16)
      let { pixels } = picture
      for (const { name, values } of steps) {
        const random = createRandom({ seed, purpose: `augment:${name}`, epoch: variant, item })
        const apply = augmentations[name] as (
          picture: Picture,
          values: object,
          stream: typeof random,
        ) => Uint8Array
        pixels = apply({ ...picture, pixels }, values, random)
      }
      return pixels
    },
  }
}
