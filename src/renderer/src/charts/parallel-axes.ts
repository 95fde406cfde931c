import { rangeOf } from '../../../reports/charts/axis-ticks.ts'

/** Values of many things by one measure: numbers on a scale, or words each with its own place. */
export interface ParallelAxis {
  key: string
  label: string
  values: readonly (number | string | null)[]
  /** Numbers of several magnitudes are placed by their logarithm. */
  isLogarithmic: boolean
  /** Of words, in their order; null: numbers. */
  words: readonly string[] | null
}

/** The axis that fits some values: all numbers, else words. */
export function makeAxis(key: string, label: string, values: readonly unknown[]): ParallelAxis {
  const isNumeric = values.every((value) => value === null || typeof value === 'number')
  if (!isNumeric) {
    const texts = values.map((value) =>
      value === null ? '–' : typeof value === 'string' ? value : JSON.stringify(value),
    )
    return { key, label, values: texts, isLogarithmic: false, words: [...new Set(texts)].sort() }
  }
  const numbers = values as readonly (number | null)[]
  const [low, high] = rangeOf(numbers.filter((value) => value !== null)) ?? [0, 1]
  return { key, label, values: numbers, isLogarithmic: low > 0 && high / low >= 50, words: null }
}

/** Where a value lies on its axis, 0 (bottom) to 1; null where it is missing. */
export function placeOnAxis(axis: ParallelAxis, value: number | string | null): number | null {
  if (value === null) return null
  if (axis.words !== null) {
    const index = axis.words.indexOf(String(value))
    return axis.words.length < 2 ? 0.5 : index / (axis.words.length - 1)
  }
  const scale = (number: number): number => (axis.isLogarithmic ? Math.log10(number) : number)
  const numbers = (axis.values as readonly (number | null)[]).filter((each) => each !== null)
  const [low, high] = rangeOf(numbers.map(scale)) ?? [0, 1]
  return high === low ? 0.5 : (scale(Number(value)) - low) / (high - low)
}

/** A part of an axis that was chosen, from 0 to 1. */
export type Brush = readonly [number, number]

/** Indexes of what lies within every brush. */
export function withinBrushes(axes: readonly ParallelAxis[], brushes: ReadonlyMap<string, Brush>): number[] {
  const count = axes[0]?.values.length ?? 0
  return Array.from({ length: count }, (_, index) => index).filter((index) =>
    axes.every((axis) => {
      const brush = brushes.get(axis.key)
      if (brush === undefined) return true
      const place = placeOnAxis(axis, axis.values[index] ?? null)
      return place !== null && place >= brush[0] - 1e-9 && place <= brush[1] + 1e-9
    }),
  )
}
