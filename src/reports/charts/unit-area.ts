/** Where a chart of shares over shares is drawn, in pixels. */
export const unitArea = { width: 420, height: 340, left: 52, right: 402, top: 10, bottom: 296 } as const

/** Of the x axis, and of a whole y axis. */
export const unitTicks = [0, 0.2, 0.4, 0.6, 0.8, 1] as const
const tickSteps = [0.02, 0.05, 0.1, 0.2]

/** Of a y axis from `from` to 1, falling. */
export function unitTicksFrom(from: number): number[] {
  const step = tickSteps.find((size) => (1 - from) / size <= 6) ?? 0.2
  const count = Math.round((1 - from) / step)
  return Array.from({ length: count + 1 }, (_, index) => 1 - index * step)
}

export function unitLeft(x: number): number {
  return unitArea.left + x * (unitArea.right - unitArea.left)
}

/** @param from where the y axis begins */
export function unitTop(y: number, from = 0): number {
  return unitArea.bottom - ((y - from) / (1 - from)) * (unitArea.bottom - unitArea.top)
}

/** What a bar of a histogram is drawn as, from the x axis up to its value. */
export function unitBar({ low, high, value }: { low: number; high: number; value: number }, from = 0) {
  const x = unitLeft(low) + 1
  const y = unitTop(value, from)
  return { x, y, width: Math.max(1, unitLeft(high) - unitLeft(low) - 2), height: unitArea.bottom - y }
}

/** The path of what a bar's value may be. */
export function unitWhisker(
  { low, high }: { low: number; high: number },
  [least, most]: readonly [number, number],
  from = 0,
): string {
  return `M${round(unitLeft((low + high) / 2))} ${round(unitTop(least, from))}V${round(unitTop(most, from))}`
}

/** To a tenth of a pixel. */
export function round(value: number): number {
  return Math.round(value * 10) / 10
}
