/** Cells on each side of the grey picture that is hashed. */
export const lumaSide = 32
/** Cosines on each side that give a bit each. */
const hashSide = 8

/** Fractions that are cut off an image's edges before it is hashed. */
export interface HashWindow {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** The window's cosines of one axis: float64 `[hashSide, lumaSide]`. */
type AxisCosines = Float64Array

const wholeImage: HashWindow = { left: 0, top: 0, right: 0, bottom: 0 }

/**
 * Cosines 1 to 8 over the part of an axis between `before` and `1 - after`, which is sampled at as many places as the axis has cells,
 * between their centres linearly. Sampling and transform are linear, so they are one matrix.
 */
function axisCosines(before: number, after: number): AxisCosines {
  const cosines = new Float64Array(hashSide * lumaSide)
  for (let sample = 0; sample < lumaSide; sample += 1) {
    const place = before + ((1 - before - after) * (sample + 0.5)) / lumaSide
    const cell = Math.min(lumaSide - 1, Math.max(0, place * lumaSide - 0.5))
    const lower = Math.min(lumaSide - 2, Math.floor(cell))
    const upperShare = cell - lower
    for (let k = 0; k < hashSide; k += 1) {
      const cosine = Math.cos((Math.PI * (2 * sample + 1) * (k + 1)) / (2 * lumaSide))
      const at = k * lumaSide + lower
      cosines[at] = (cosines[at] as number) + cosine * (1 - upperShare)
      cosines[at + 1] = (cosines[at + 1] as number) + cosine * upperShare
    }
  }
  return cosines
}

/** The cosines of each row, as columns. @param rows `[count, lumaSide]` @param out `[hashSide, count]` */
function transformRows(rows: Float64Array, axis: AxisCosines, out: Float64Array): void {
  const count = rows.length / lumaSide
  for (let row = 0; row < count; row += 1) {
    for (let k = 0; k < hashSide; k += 1) {
      let sum = 0
      for (let place = 0; place < lumaSide; place += 1) {
        sum += (rows[row * lumaSide + place] as number) * (axis[k * lumaSide + place] as number)
      }
      out[k * count + row] = sum
    }
  }
}

/** Computes the hash of one window, of however many images. */
export type PerceptualHasher = (luma: ArrayLike<number>) => readonly [high: number, low: number]

/**
 * The 64-bit DCT hash of Zauner's pHash: of the grey picture reduced to 32 x 32 the cosines 1 to 8 of each axis, of which each gives a
 * bit, whether it is above their median. The constant part is not among them, so brightness does not matter, nor contrast.
 *
 * @param window what of the image is hashed; default: all of it
 * @returns a function of uint8 or float `[32, 32]`, row by row, which gives the bits as two uint32, the first row of cosines highest
 * @see C. Zauner, Implementation and Benchmarking of Perceptual Image Hash Functions, 2010, section 3.2.1
 */
export function perceptualHasher(window: HashWindow = wholeImage): PerceptualHasher {
  const across = axisCosines(window.left, window.right)
  const down = axisCosines(window.top, window.bottom)
  const grey = new Float64Array(lumaSide * lumaSide)
  const columns = new Float64Array(hashSide * lumaSide)
  const cosines = new Float64Array(hashSide * hashSide)
  const sorted = new Float64Array(hashSide * hashSide)
  return (luma) => {
    // A layout has its colours behind it.
    for (let index = 0; index < grey.length; index += 1) grey[index] = luma[index] as number
    transformRows(grey, across, columns)
    transformRows(columns, down, cosines)
    sorted.set(cosines)
    sorted.sort()
    const median = ((sorted[31] as number) + (sorted[32] as number)) / 2
    const words: [number, number] = [0, 0]
    for (let bit = 0; bit < 64; bit += 1) {
      const word = bit < 32 ? 0 : 1
      words[word] = ((words[word] << 1) | ((cosines[bit] as number) > median ? 1 : 0)) >>> 0
    }
    return words
  }
}
