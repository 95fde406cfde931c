import type { Augmentation, Picture } from './picture.ts'

/** Mirrors with the given probability, left to right. */
export const flip: Augmentation<'flip'> = (picture, { probability }, random) =>
  random.uniform() < probability ? flipHorizontally(picture) : picture.pixels

/** Left becomes right. */
export function flipHorizontally({ pixels, height, width }: Picture): Uint8Array {
  const out = new Uint8Array(pixels.length)
  for (let y = 0; y < height; y += 1) {
    let target = y * width * 3
    for (let x = width - 1; x >= 0; x -= 1) {
      const source = (y * width + x) * 3
      out[target] = pixels[source] as number
      out[target + 1] = pixels[source + 1] as number
      out[target + 2] = pixels[source + 2] as number
      target += 3
    }
  }
  return out
}
