/** A point as Chart.js takes it when it need not parse. */
export interface Point {
  x: number
  y: number
}

/** The index in ascending `x` that is nearest to `value`; -1 where there is none. */
export function nearestIndex(x: readonly number[], value: number): number {
  if (x.length === 0) return -1
  const low = Math.min(x.length - 1, firstAtLeast(x, value))
  const before = x[low - 1]
  if (before !== undefined && value - before <= (x[low] ?? Infinity) - value) return low - 1
  return low
}

/** The first index in ascending `x` whose value is `value` or more; the length where there is none. */
export function firstAtLeast(x: readonly number[], value: number): number {
  let low = 0
  let high = x.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((x[middle] ?? 0) < value) low = middle + 1
    else high = middle
  }
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
  let points = 0
  let last = 0
  let lowest = 0
  let highest = 0
  for (let index = 0; index < Math.min(x.length, y.length); index += 1) {
    const value = y[index] ?? NaN
    if (!Number.isFinite(value)) continue
    if (points === 0) lowest = highest = index
    points += 1
    last = index
    if (value < (y[lowest] ?? NaN)) lowest = index
    if (value > (y[highest] ?? NaN)) highest = index
  }
  if (points === 0) return null
  const pointAt = (index: number): Point => ({ x: x[index] ?? 0, y: y[index] ?? NaN })
  return { points, last: pointAt(last), lowest: pointAt(lowest), highest: pointAt(highest) }
}
