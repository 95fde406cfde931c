import { axisTicks, scaled } from './axis-ticks.ts'
import type { ChartDrawing } from './chart-drawing.ts'
import type { CurveLook } from './curve-look.ts'
import { curveRange, type PlainCurve } from './curve-range.ts'
import { printColors } from './print-colors.ts'

/** Curves of a chart of a report. */
export interface LineChartOptions {
  readonly title: string
  readonly kind: 'number' | 'share'
  readonly curves: readonly (PlainCurve & { look: CurveLook; width?: number })[]
  readonly xLabel: string
  /** Upright lines with names. */
  readonly marks?: readonly { x: number; label: string }[]
  readonly numberText: (value: number) => string
  readonly shareText: (value: number, fractionDigits: number) => string
}

const width = 340
const height = 220
const area = { left: 48, right: width - 10, top: 8, bottom: height - 38 }
/** With so many points or fewer each is a dot. */
const mostDots = 30

/**
 * Curves over epochs as a drawing of the size of half a page, its legend left to whoever shows it.
 *
 * @returns null where there is nothing to draw
 */
export function lineDrawing(options: LineChartOptions): ChartDrawing | null {
  const { title, kind, curves, xLabel, marks = [], numberText, shareText } = options
  const range = curveRange(curves, kind)
  if (range === null) return null
  const placeX = (value: number): number => scaled(value, range.x, [area.left, area.right])
  const placeY = (value: number): number => scaled(value, range.y, [area.bottom, area.top])
  const yTicks = axisTicks(range.y[0], range.y[1], 5)
  const digits = (yTicks[1] ?? 1) - (yTicks[0] ?? 0) < 0.01 ? 1 : 0
  const xTicks = axisTicks(range.x[0], range.x[1], 6)
  return {
    title,
    width,
    height,
    colors: printColors,
    area,
    xLabel,
    // Epochs are whole, where there is more than one.
    xTicks: (range.x[1] - range.x[0] > 1 ? xTicks.filter(Number.isInteger) : xTicks).map((value) => ({
      at: placeX(value),
      text: numberText(value),
    })),
    yTicks: yTicks.map((value) => ({
      at: placeY(value),
      text: kind === 'share' ? shareText(value, digits) : numberText(value),
    })),
    curves: curves.map(({ x, y, look, width: stroke = 2 }) => {
      const points = x.flatMap((value, index) => {
        const at = y[index] ?? NaN
        return Number.isFinite(at) ? [{ x: placeX(value), y: placeY(at) }] : []
      })
      return {
        label: null,
        color: look.color,
        width: stroke,
        dash: look.dash,
        points,
        dotRadius: points.length <= mostDots ? 2 : 0,
      }
    }),
    marks: marks.map(({ x, label }) => ({ at: placeX(x), label, color: printColors.thawedInk })),
  }
}
