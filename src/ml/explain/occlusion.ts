/** A square of the image that is covered in grey, in pixels. */
export interface OcclusionPatch {
  readonly top: number
  readonly left: number
  readonly side: number
}

/** Where an image is covered, one patch after another: neighbours overlap by half of a patch. */
export interface OcclusionGrid {
  /** Cells of half a patch, in each direction: the side of the map. */
  readonly cells: number
  readonly patches: readonly OcclusionPatch[]
}

/** Patches in each direction if they did not overlap: each is a seventh of the image, as one position is of most networks' last maps. */
const patchesAcross = 7
/** In the middle of the pixels' range. */
const grey = 128

/** @param size side of the square image, pixels */
export function planOcclusion(size: number): OcclusionGrid {
  const cells = 2 * Math.min(patchesAcross, Math.floor(size / 2))
  const edge = (cell: number): number => Math.round((cell * size) / cells)
  const patches: OcclusionPatch[] = []
  for (let row = 0; row < cells - 1; row += 1) {
    for (let column = 0; column < cells - 1; column += 1) {
      const [top, left] = [edge(row), edge(column)]
      patches.push({ top, left, side: Math.max(edge(row + 2) - top, edge(column + 2) - left) })
    }
  }
  return { cells, patches }
}

/**
 * A copy of an image with one patch covered.
 *
 * @param pixels uint8 `[size, size, 3]`
 */
export function occlude(pixels: Uint8Array, size: number, { top, left, side }: OcclusionPatch): Uint8Array {
  const covered = Uint8Array.from(pixels)
  const [bottom, right] = [Math.min(size, top + side), Math.min(size, left + side)]
  for (let y = top; y < bottom; y += 1) covered.fill(grey, (y * size + left) * 3, (y * size + right) * 3)
  return covered
}

/**
 * The map of how much covering each place lowers the probability of a class: the mean over the patches that cover it, 0 where covering it
 * raises the probability.
 *
 * @param whole probability of the class in the whole image
 * @param covered its probability with each patch of the grid covered
 * @returns float32 `[cells, cells]`, 0 or more, not yet scaled
 * @see https://arxiv.org/abs/1311.2901 (Zeiler & Fergus 2014), section 4.2
 */
export function occlusionMap(
  { cells }: OcclusionGrid,
  whole: number,
  covered: ArrayLike<number>,
): Float32Array {
  const rows = cells - 1
  return Float32Array.from({ length: cells * cells }, (_, cell) => {
    const [y, x] = [Math.floor(cell / cells), cell % cells]
    let sum = 0
    let count = 0
    for (let row = Math.max(0, y - 1); row <= Math.min(rows - 1, y); row += 1) {
      for (let column = Math.max(0, x - 1); column <= Math.min(rows - 1, x); column += 1) {
        sum += whole - (covered[row * rows + column] as number)
        count += 1
      }
    }
    return Math.max(0, sum / count)
  })
}
