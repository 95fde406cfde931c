import type { Random } from '../../models/random.ts'
import { createFastWords } from './fast-random.ts'
import type { Augmentation, Picture } from './picture.ts'
import type { Box } from './random-resized-crop.ts'

const smallestArea = 0.02
const largestArea = 1 / 3
const narrowest = Math.log(0.3)
const widest = Math.log(1 / 0.3)
const attempts = 10

/**
 * Replaces a rectangle of random area, shape and place by random values, with the given probability.
 *
 * @see https://arxiv.org/abs/1708.04896
 */
export const erasing: Augmentation<'erasing'> = (picture, { probability }, random) => {
  if (random.uniform() >= probability) return picture.pixels
  const box = drawErasedBox(picture, random)
  return box === null ? picture.pixels : erase(picture, box, createFastWords(random))
}

/** @returns null where ten draws do not fit */
export function drawErasedBox({ height, width }: Picture, random: Random): Box | null {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const area = height * width * random.uniform(smallestArea, largestArea)
    const ratio = Math.exp(random.uniform(narrowest, widest))
    const boxHeight = Math.round(Math.sqrt(area * ratio))
    const boxWidth = Math.round(Math.sqrt(area / ratio))
    if (boxHeight < 1 || boxWidth < 1 || boxHeight >= height || boxWidth >= width) continue
    const top = random.integer(height - boxHeight + 1)
    const left = random.integer(width - boxWidth + 1)
    return { top, left, height: boxHeight, width: boxWidth }
  }
  return null
}

/** @param nextWord 0 to 2^32 - 1, one for each pixel: its lower three bytes are the new values */
export function erase({ pixels, width }: Picture, box: Box, nextWord: () => number): Uint8Array {
  const out = Uint8Array.from(pixels)
  for (let y = box.top; y < box.top + box.height; y += 1) {
    for (let x = box.left; x < box.left + box.width; x += 1) {
      const word = nextWord()
      const place = (y * width + x) * 3
      out[place] = word & 255
      out[place + 1] = (word >>> 8) & 255
      out[place + 2] = (word >>> 16) & 255
    }
  }
  return out
}
