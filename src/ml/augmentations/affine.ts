import type { Picture } from './picture.ts'

/** From a place of the result, in pixels from the middle, to the place in the source: `[a, b, c; d, e, f]` of x' = ax + by + c, y' = dx + ey + f. */
export type AffineMap = readonly [a: number, b: number, c: number, d: number, e: number, f: number]

/** The picture under an affine map, sampled bilinearly; outside it is black. */
export function transformAffine(
  { pixels, height, width }: Picture,
  [a, b, c, d, e, f]: AffineMap,
): Uint8Array {
  const out = new Uint8Array(pixels.length)
  const middleX = (width - 1) / 2
  const middleY = (height - 1) / 2
  let target = 0
  for (let y = 0; y < height; y += 1) {
    const fromMiddle = y - middleY
    const rowX = b * fromMiddle + c + middleX
    const rowY = e * fromMiddle + f + middleY
    for (let x = 0; x < width; x += 1, target += 3) {
      const sourceX = a * (x - middleX) + rowX
      const sourceY = d * (x - middleX) + rowY
      if (sourceX <= -1 || sourceY <= -1 || sourceX >= width || sourceY >= height) continue
      const left = Math.floor(sourceX)
      const top = Math.floor(sourceY)
      const across = sourceX - left
      const down = sourceY - top
      const hasLeft = left >= 0
      const hasRight = left + 1 < width
      const hasTop = top >= 0
      const hasBottom = top + 1 < height
      const first = (top * width + left) * 3
      const second = first + width * 3
      for (let channel = 0; channel < 3; channel += 1) {
        const p = hasTop && hasLeft ? (pixels[first + channel] as number) : 0
        const q = hasTop && hasRight ? (pixels[first + 3 + channel] as number) : 0
        const r = hasBottom && hasLeft ? (pixels[second + channel] as number) : 0
        const s = hasBottom && hasRight ? (pixels[second + 3 + channel] as number) : 0
        const upper = p + (q - p) * across
        const lower = r + (s - r) * across
        out[target + channel] = upper + (lower - upper) * down + 0.5
      }
    }
  }
  return out
}
