import { lumaSide } from '../../imaging/perceptual-hash.ts'

/** By how many cells of a layout a camera may have moved in either direction: an eighth of a side. */
const mostCells = 4
/** Variance of luma, of 255, below which a picture has nothing to be told by. */
const leastSpread = 4

/**
 * How alike two pictures are where one is moved over the other by up to an eighth of a side: the greatest correlation of the luma of the parts that
 * both show.
 *
 * @param a, b a layout each, as `Measurements` has it
 * @returns -1 to 1; 0 where one has nothing to be told by
 */
export function movedCorrelation(a: Uint8Array, b: Uint8Array): number {
  let best = 0
  for (let down = -mostCells; down <= mostCells; down += 1) {
    for (let across = -mostCells; across <= mostCells; across += 1) {
      best = Math.max(best, correlationAt(a, b, across, down))
    }
  }
  return best
}

function correlationAt(a: Uint8Array, b: Uint8Array, across: number, down: number): number {
  let sumA = 0
  let sumB = 0
  let squaresA = 0
  let squaresB = 0
  let products = 0
  let count = 0
  const lastX = lumaSide - Math.max(0, across)
  const lastY = lumaSide - Math.max(0, down)
  // Every second row tells as much.
  for (let y = Math.max(0, -down); y < lastY; y += 2) {
    let atA = y * lumaSide + Math.max(0, -across)
    let atB = (y + down) * lumaSide + Math.max(0, across)
    for (let x = Math.max(0, -across); x < lastX; x += 1, atA += 1, atB += 1) {
      const one = a[atA] as number
      const other = b[atB] as number
      sumA += one
      sumB += other
      squaresA += one * one
      squaresB += other * other
      products += one * other
      count += 1
    }
  }
  const spread = Math.sqrt((squaresA - (sumA * sumA) / count) * (squaresB - (sumB * sumB) / count))
  return spread < leastSpread * count ? 0 : (products - (sumA * sumB) / count) / spread
}
