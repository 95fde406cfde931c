/**
 * Round values from `low` to `high` for an axis: steps of 1, 2 or 5 times a power of ten.
 *
 * @param most steps wanted at most, at least 1
 * @returns rising; the one value where `low` is `high`
 */
export function axisTicks(low: number, high: number, most: number): number[] {
  const span = high - low
  if (!(span > 0)) return [low]
  const rough = span / most
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough * (1 - 1e-9)) ?? 10) * power
  const ticks: number[] = []
  for (let count = Math.ceil(low / step - 1e-9); count * step <= high + step * 1e-9; count += 1) {
    // Away from 0.30000000000000004.
    ticks.push(Number((count * step).toPrecision(12)))
  }
  return ticks
}

/** Where a value of `[low, high]` is placed in `[from, to]`; in the middle where the range is empty. Made once for many values. */
export function linearScale(
  [low, high]: readonly [number, number],
  [from, to]: readonly [number, number],
): (value: number) => number {
  if (high === low) return () => (from + to) / 2
  const slope = (to - from) / (high - low)
  return (value) => from + (value - low) * slope
}

/** `value` of `[low, high]` as a place in `[from, to]`; the middle where the range is empty. */
export function scaled(
  value: number,
  range: readonly [number, number],
  places: readonly [number, number],
): number {
  return linearScale(range, places)(value)
}

/** The lowest and highest finite value; null without one. */
export function rangeOf(values: Iterable<number>): [number, number] | null {
  let low = Infinity
  let high = -Infinity
  for (const value of values) {
    if (!Number.isFinite(value)) continue
    if (value < low) low = value
    if (value > high) high = value
  }
  return low <= high ? [low, high] : null
}
