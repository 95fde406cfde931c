import type { Augmentation, Picture } from './picture.ts'

/** Mirrors with the given probability, top to bottom. */
export const verticalFlip: Augmentation<'vertical-flip'> = (picture, { probability }, random) =>
  random.uniform() < probability ? flipVertically(picture) : picture.pixels

/** The top becomes the bottom. */
export function flipVertically({ pixels, height, width }: Picture): Uint8Array {
  const out = new Uint8Array(pixels.length)
  const rowBytes = width * 3
  for (let y = 0; y < height; y += 1) {
    out.set(pixels.subarray(y * rowBytes, (y + 1) * rowBytes), (height - 1 - y) * rowBytes)
  }
  return out
}
