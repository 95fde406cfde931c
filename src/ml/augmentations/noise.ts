import { createFastWords } from './fast-random.ts'
import type { Augmentation, Picture } from './picture.ts'

/** Of the sum of four bytes, each uniform over 0 to 255. */
const sumMean = 4 * 127.5
const sumDeviation = Math.sqrt((4 * (256 ** 2 - 1)) / 12)

/** Adds noise to every value on its own. */
export const noise: Augmentation<'noise'> = (picture, { deviation }, random) =>
  addNoise(picture, deviation * 255, createFastWords(random))

/**
 * Adds near-normal noise: the four bytes of a word added up are normal to within 1% of its density, and never beyond 3.5 deviations.
 *
 * @param deviation in units of pixels
 * @param nextWord 0 to 2^32 - 1, one for each value
 */
export function addNoise({ pixels }: Picture, deviation: number, nextWord: () => number): Uint8Array {
  const out = new Uint8ClampedArray(pixels.length)
  const scale = deviation / sumDeviation
  for (let index = 0; index < pixels.length; index += 1) {
    const word = nextWord()
    const sum = (word & 255) + ((word >>> 8) & 255) + ((word >>> 16) & 255) + (word >>> 24)
    out[index] = (pixels[index] as number) + (sum - sumMean) * scale
  }
  return new Uint8Array(out.buffer)
}
