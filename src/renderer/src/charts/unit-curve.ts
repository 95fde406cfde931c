/** A curve in the unit square; `x` rises or stays. */
export interface UnitCurve {
  id: string
  label: string
  x: readonly number[]
  y: readonly number[]
  /** CSS colour; tokens are followed through themes. */
  color: string
  dash?: readonly number[]
  /** What is told of it beside its name. */
  value?: string
}

/** A bar of a histogram over x, with how high it may be. */
export interface UnitBar {
  low: number
  high: number
  value: number | null
  interval: readonly [number, number] | null
  /** Told of it. */
  label: string
}

/** The height of a curve at `x`, between points linear, at a step the upper end; null beside its ends. */
export function heightAt({ x, y }: Pick<UnitCurve, 'x' | 'y'>, at: number): number | null {
  const first = x[0]
  const last = x[x.length - 1]
  if (first === undefined || last === undefined || at < first || at > last) return null
  let low = 0
  let high = x.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((x[middle] ?? 0) <= at) low = middle + 1
    else high = middle
  }
  const before = y[low - 1] ?? 0
  if (low === x.length) return before
  const width = (x[low] ?? 0) - (x[low - 1] ?? 0)
  return before + ((at - (x[low - 1] ?? 0)) / width) * ((y[low] ?? 0) - before)
}
