import type { Random } from '../../models/random.ts'
import type { Augmentation, Picture } from './picture.ts'

/** In pixels; inside the picture. */
export interface Box {
  readonly top: number
  readonly left: number
  readonly height: number
  readonly width: number
}

const attempts = 10
const narrowest = Math.log(3 / 4)
const widest = Math.log(4 / 3)

/**
 * A rectangle of random area, shape and place, scaled to the size of the whole.
 *
 * @see https://arxiv.org/abs/1409.4842 section 6
 */
export const randomResizedCrop: Augmentation<'resized-crop'> = (picture, { smallestArea }, random) =>
  cropAndResize(picture, drawBox(picture, smallestArea, random))

/** Area and logarithm of the ratio of sides are uniform; where ten draws do not fit, it is the whole picture. */
export function drawBox({ height, width }: Picture, smallestArea: number, random: Random): Box {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const area = height * width * random.uniform(smallestArea, 1)
    const ratio = Math.exp(random.uniform(narrowest, widest))
    const boxWidth = Math.round(Math.sqrt(area * ratio))
    const boxHeight = Math.round(Math.sqrt(area / ratio))
    if (boxWidth < 1 || boxHeight < 1 || boxWidth > width || boxHeight > height) continue
    const top = random.integer(height - boxHeight + 1)
    const left = random.integer(width - boxWidth + 1)
    return { top, left, height: boxHeight, width: boxWidth }
  }
  return { top: 0, left: 0, height, width }
}

/** The box, enlarged bilinearly with half-pixel centres; beyond its edge values the box's edge goes on. */
export function cropAndResize({ pixels, height, width }: Picture, box: Box): Uint8Array {
  const out = new Uint8Array(pixels.length)
  const columns = placesAlong(width, box.left, box.width)
  const rows = placesAlong(height, box.top, box.height)
  let target = 0
  for (let y = 0; y < height; y += 1) {
    const upper = (rows.low[y] as number) * width
    const lower = (rows.high[y] as number) * width
    const down = rows.share[y] as number
    for (let x = 0; x < width; x += 1) {
      const left = columns.low[x] as number
      const right = columns.high[x] as number
      const across = columns.share[x] as number
      for (let channel = 0; channel < 3; channel += 1) {
        const a = pixels[(upper + left) * 3 + channel] as number
        const b = pixels[(upper + right) * 3 + channel] as number
        const c = pixels[(lower + left) * 3 + channel] as number
        const d = pixels[(lower + right) * 3 + channel] as number
        const top = a + (b - a) * across
        const bottom = c + (d - c) * across
        out[target + channel] = top + (bottom - top) * down + 0.5
      }
      target += 3
    }
  }
  return out
}

/** For each place of the result the two sources around it, and the share of the second. */
function placesAlong(size: number, start: number, length: number) {
  const low = new Int32Array(size)
  const high = new Int32Array(size)
  const share = new Float64Array(size)
  for (let index = 0; index < size; index += 1) {
    const place = Math.min(Math.max(((index + 0.5) * length) / size - 0.5, 0), length - 1)
    const floor = Math.floor(place)
    low[index] = start + floor
    high[index] = start + Math.min(floor + 1, length - 1)
    share[index] = place - floor
  }
  return { low, high, share }
}
