import { lumaSide, perceptualHasher } from './perceptual-hash.ts'

/** Changes whenever the same picture could be measured otherwise: what was measured before is measured again. */
export const measureVersion = 1

/** Cells on each side of the colours of a layout. */
export const chromaSide = 8
/** Bytes of a layout: luma, then blue and red difference. */
export const layoutBytes = lumaSide * lumaSide + 2 * chromaSide * chromaSide

/** What can be said of a picture from its thumbnail's pixels. */
export interface Measurements {
  /** 64 bits, the highest first. Alike pictures have few bits that differ. */
  perceptualHash: Uint8Array
  /**
   * The picture in little, stretched to squares: uint8 luma `[32, 32]`, then the differences of blue and of red from luma,
   * each `[8, 8]` and 128 where there is none.
   */
  layout: Uint8Array
  /** Mean luma, 0 (black) to 1 (white). */
  brightness: number
  /** Standard deviation of luma, 0 to 0.5. */
  contrast: number
  /** Variance of the Laplacian of luma, which is 0 to 255, at the thumbnail's size; 0: nothing but one colour. */
  sharpness: number
  /** Mean of the difference between the largest and the smallest of red, green and blue, 0 (grey) to 1. */
  saturation: number
}

const hashOf = perceptualHasher()

interface Planes {
  luma: Float32Array
  blue: Float32Array
  red: Float32Array
}
// One set for all pictures: fresh memory for each costs more than half of the measuring itself.
let planes: Planes = { luma: new Float32Array(), blue: new Float32Array(), red: new Float32Array() }

function planesOf(count: number): Planes {
  if (planes.luma.length < count) {
    planes = { luma: new Float32Array(count), blue: new Float32Array(count), red: new Float32Array(count) }
  }
  return planes
}

/**
 * Measures a picture. All figures are at the size of a thumbnail, so that they can be compared among pictures of any size.
 *
 * @param pixels uint8 `[height, width, 3]`, sRGB, upright, its longer side at most that of a thumbnail
 * @see J. L. Pech-Pacheco et al., Diatom autofocusing in brightfield microscopy: a comparative study, 2000, for the variance of the
 *   Laplacian; ITU-R BT.601 for luma and colour differences
 */
export function measurePixels(pixels: Uint8Array, width: number, height: number): Measurements {
  const count = width * height
  const { luma, blue, red } = planesOf(count)
  let sum = 0
  let squares = 0
  for (let index = 0, at = 0; index < count; index += 1, at += 3) {
    const y =
      0.299 * (pixels[at] as number) + 0.587 * (pixels[at + 1] as number) + 0.114 * (pixels[at + 2] as number)
    luma[index] = y
    sum += y
    squares += y * y
  }
  // Colours are smooth: a quarter of the pixels tells them.
  const step = Math.min(width, height) >= 4 * chromaSide ? 2 : 1
  const columns = Math.ceil(width / step)
  const rows = Math.ceil(height / step)
  let spread = 0
  for (let row = 0, index = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1, index += 1) {
      const pixel = row * step * width + column * step
      const r = pixels[pixel * 3] as number
      const g = pixels[pixel * 3 + 1] as number
      const b = pixels[pixel * 3 + 2] as number
      const y = luma[pixel] as number
      blue[index] = 0.564 * (b - y)
      red[index] = 0.713 * (r - y)
      const most = r > g ? (r > b ? r : b) : g > b ? g : b
      const least = r < g ? (r < b ? r : b) : g < b ? g : b
      spread += most - least
    }
  }
  const mean = sum / count
  const layout = new Uint8Array(layoutBytes)
  const grey = reduce(luma, width, height, lumaSide)
  for (const [index, value] of grey.entries()) layout[index] = Math.round(value)
  const colours = [reduce(blue, columns, rows, chromaSide), reduce(red, columns, rows, chromaSide)]
  for (const [plane, values] of colours.entries()) {
    const first = lumaSide * lumaSide + plane * chromaSide * chromaSide
    for (const [index, value] of values.entries()) layout[first + index] = Math.round(128 + value)
  }
  return {
    perceptualHash: bytesOf(hashOf(layout)),
    layout,
    brightness: mean / 255,
    contrast: Math.sqrt(Math.max(0, squares / count - mean * mean)) / 255,
    sharpness: laplacianVariance(luma, width, height),
    saturation: spread / (columns * rows) / 255,
  }
}

function bytesOf(words: readonly [number, number]): Uint8Array {
  const bytes = new Uint8Array(8)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, words[0])
  view.setUint32(4, words[1])
  return bytes
}

/** The means of the parts of a plane `[height, width]` that lie in each cell: `[side, side]`; pixels on a border count for both by share. */
function reduce(plane: Float32Array, width: number, height: number, side: number): Float32Array {
  const rows = new Float32Array(height * side)
  for (let column = 0; column < side; column += 1) {
    const from = (column * width) / side
    const to = ((column + 1) * width) / side
    const first = Math.floor(from)
    const last = Math.min(width, Math.ceil(to)) - 1
    const firstShare = (Math.min(to, first + 1) - from) / (to - from)
    const lastShare = last > first ? (to - last) / (to - from) : 0
    const share = 1 / (to - from)
    for (let y = 0, at = 0; y < height; y += 1, at += width) {
      let sum = 0
      for (let x = at + first + 1; x < at + last; x += 1) sum += plane[x] as number
      rows[y * side + column] =
        sum * share + (plane[at + first] as number) * firstShare + (plane[at + last] as number) * lastShare
    }
  }
  const cells = new Float32Array(side * side)
  for (let row = 0; row < side; row += 1) {
    const from = (row * height) / side
    const to = ((row + 1) * height) / side
    const first = Math.floor(from)
    const last = Math.min(height, Math.ceil(to))
    for (let y = first; y < last; y += 1) {
      const share = (Math.min(to, y + 1) - Math.max(from, y)) / (to - from)
      for (let column = 0; column < side; column += 1) {
        const at = row * side + column
        cells[at] = (cells[at] as number) + (rows[y * side + column] as number) * share
      }
    }
  }
  return cells
}

function laplacianVariance(luma: Float32Array, width: number, height: number): number {
  if (width < 3 || height < 3) return 0
  // Every second row tells the same of all but the smallest pictures.
  const step = height > 64 ? 2 : 1
  let sum = 0
  let squares = 0
  let count = 0
  for (let y = 1; y < height - 1; y += step) {
    count += width - 2
    for (let x = 1; x < width - 1; x += 1) {
      const at = y * width + x
      const value =
        (luma[at - 1] as number) +
        (luma[at + 1] as number) +
        (luma[at - width] as number) +
        (luma[at + width] as number) -
        4 * (luma[at] as number)
      sum += value
      squares += value * value
    }
  }
  const mean = sum / count
  return Math.max(0, squares / count - mean * mean)
}
