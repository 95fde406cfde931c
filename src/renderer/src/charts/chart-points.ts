/** A point as Chart.js takes it when it need not parse. */
export interface Point {
  x: number
  y: number
}

/**
 * Brings `points` up to the columns `x` and `y`, which only grow: what is there stays, so a redraw costs what is new. Columns that are
 * shorter than the points are other columns, and the points start again.
 */
export function extendPoints(points: Point[], x: readonly number[], y: readonly number[]): void {
  const length = Math.min(x.length, y.length)
  if (length < points.length) points.length = 0
  for (let index = points.length; index < length; index += 1) {
    points.push({ x: x[index] ?? 0, y: y[index] ?? NaN })
  }
}

/** The index in ascending `x` that is nearest to `value`; -1 where there is none. */
export function nearestIndex(x: readonly number[], value: number): number {
  let low = 0
  let high = x.length - 1
  if (high < 0) return -1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((x[middle] ?? 0) < value) low = middle + 1
    else high = middle
  }
  const before = x[low - 1]
  if (before !== undefined && value - before <= (x[low] ?? Infinity) - value) return low - 1
  return low
}

/** What a curve says in words: for people who do not see it. */
export interface CurveSummary {
  points: number
  last: Point
  lowest: Point
  highest: Point
}

/** @returns null for a curve without a finite point */
export function summarizeCurve(x: readonly number[], y: readonly number[]): CurveSummary | null {
  let summary: CurveSummary | null = null
  for (let index = 0; index < Math.min(x.length, y.length); index += 1) {
    const point = { x: x[index] ?? 0, y: y[index] ?? NaN }
    if (!Number.isFinite(point.y)) continue
    if (summary === null) {
      summary = { points: 1, last: point, lowest: point, highest: point }
      continue
    }
    summary.points += 1
    summary.last = point
    if (point.y < summary.lowest.y) summary.lowest = point
    if (point.y > summary.highest.y) summary.highest = point
  }
  return summary
}
