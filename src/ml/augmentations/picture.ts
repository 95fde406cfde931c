import type { Random } from '../../models/random.ts'
import type { AugmentationName, AugmentationValues } from '../../models/training/augmentations.ts'

/**
 * A decoded image. Augmentations work on bytes in plain typed arrays, not on an engine's tensors: so they are the same, bit for bit, on
 * every engine, cost no call into it, and can be cached and previewed without one.
 */
export interface Picture {
  /** uint8 `[height, width, 3]`, red first. */
  readonly pixels: Uint8Array
  readonly height: number
  readonly width: number
}

/**
 * Draws what is random of an augmentation and applies it.
 *
 * @returns uint8 `[height, width, 3]`: a new array, or the picture's own where nothing was changed. The picture itself stays as it is.
 */
export type Augmentation<Name extends AugmentationName> = (
  picture: Picture,
  values: AugmentationValues<Name>,
  random: Random,
) => Uint8Array

/** The weights of red, green and blue in brightness. @see https://www.itu.int/rec/R-REC-BT.601 */
export const lumaWeights = [0.299, 0.587, 0.114] as const

/** Looks every value up in a table of 256. */
export function mapValues({ pixels }: Picture, table: Uint8Array | Uint8ClampedArray): Uint8Array {
  const out = new Uint8Array(pixels.length)
  for (let index = 0; index < pixels.length; index += 1) out[index] = table[pixels[index] as number] as number
  return out
}

/** A table of 256 values, rounded and kept within 0 to 255. */
export function tableOf(value: (level: number) => number): Uint8ClampedArray {
  return Uint8ClampedArray.from({ length: 256 }, (_, level) => value(level))
}
