import type { Augmentation, Picture } from './picture.ts'

/**
 * Pads with black and cuts a rectangle of the old size out at a random place: a shift by at most `padding` pixels each way.
 *
 * @see https://arxiv.org/abs/1512.03385 section 4.2
 */
export const padAndCrop: Augmentation<'crop'> = (picture, { padding }, random) => {
  const down = random.integer(2 * padding + 1) - padding
  const right = random.integer(2 * padding + 1) - padding
  return shift(picture, right, down)
}

/** Moves the content by whole pixels; what comes in is black. */
export function shift({ pixels, height, width }: Picture, right: number, down: number): Uint8Array {
  const out = new Uint8Array(pixels.length)
  const firstColumn = Math.max(0, -right)
  const lastColumn = Math.min(width, width - right)
  if (lastColumn <= firstColumn) return out
  for (let y = Math.max(0, -down); y < Math.min(height, height - down); y += 1) {
    const row = pixels.subarray((y * width + firstColumn) * 3, (y * width + lastColumn) * 3)
    out.set(row, ((y + down) * width + firstColumn + right) * 3)
  }
  return out
}
