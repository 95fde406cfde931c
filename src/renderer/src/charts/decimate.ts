import { firstAtLeast, type Point } from './chart-points.ts'

/**
 * The points of a curve that draw the same line on a screen of so many columns: of the points in each column the first, the lowest, the
 * highest and the last. The points next to the shown range are kept, so that the line goes on to its edges.
 *
 * @param x ascending
 * @param from where the shown range begins
 * @param columns at least 1, over the range
 * @returns finite points only; at most 4 a column and 2
 * @see https://doi.org/10.14778/2732951.2732953 (M4)
 */
export function decimate(
  x: readonly number[],
  y: readonly number[],
  from: number,
  to: number,
  columns: number,
): Point[] {
  const length = Math.min(x.length, y.length)
  const start = Math.max(0, Math.min(length, firstAtLeast(x, from)) - 1)
  let end = Math.min(length, firstAtLeast(x, to))
  while (end < length && (x[end] ?? Infinity) <= to) end += 1
  end = Math.min(length, end + 1)
  const points: Point[] = []
  const push = (index: number): void => {
    points.push({ x: x[index] ?? 0, y: y[index] ?? NaN })
  }
  const isFew = end - start <= columns * 4
  const scale = columns / (to - from || 1)
  let index = start
  while (index < end) {
    if (!Number.isFinite(y[index])) {
      index += 1
      continue
    }
    if (isFew) {
      push(index)
      index += 1
      continue
    }
    const column = Math.floor(((x[index] ?? 0) - from) * scale)
    const first = index
    let last = index
    let lowest = index
    let highest = index
    for (; index < end && Math.floor(((x[index] ?? 0) - from) * scale) === column; index += 1) {
      const value = y[index] ?? NaN
      if (!Number.isFinite(value)) continue
      last = index
      if (value < (y[lowest] ?? NaN)) lowest = index
      if (value > (y[highest] ?? NaN)) highest = index
    }
    const inner = lowest < highest ? [lowest, highest] : [highest, lowest]
    for (const kept of new Set([first, ...inner, last])) push(kept)
  }
  return points
}
