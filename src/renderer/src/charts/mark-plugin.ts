import type { Chart, Plugin } from 'chart.js'
import type { resolveColor } from './chart-colors.ts'

/** A place on the x axis that has a name: a dashed upright line, and with `y` a dot. */
export interface ChartMark {
  readonly x: number
  readonly label: string
  readonly y?: number
}

/** CSS colour of marks. */
export const markColor = 'var(--thawed-ink)'

const fontSize = 11
const lineHeight = 14
/** Rows that labels take turns in, so that near ones do not lie on each other. */
const labelRows = 3

/**
 * Draws the marks that are in the shown range: lines below the curves, labels and dots above them.
 *
 * @param colorOf what `resolveColor` answers
 */
export function createMarkPlugin(
  marksNow: () => readonly ChartMark[],
  colorOf: typeof resolveColor,
): Plugin<'line'> {
  const shown = ({ chartArea: { left, right }, scales: { x } }: Chart<'line'>) =>
    marksNow().flatMap((mark, index) => {
      const at = x?.getPixelForValue(mark.x) ?? NaN
      return at >= left - 1 && at <= right + 1 ? [{ mark, index, at }] : []
    })
  return {
    id: 'marks',
    beforeDatasetsDraw(chart) {
      const marks = shown(chart)
      if (marks.length === 0) return
      const { ctx, chartArea } = chart
      ctx.save()
      ctx.strokeStyle = colorOf(markColor)
      ctx.lineWidth = 1.5
      ctx.setLineDash([5, 4])
      for (const { at } of marks) {
        ctx.beginPath()
        ctx.moveTo(at, chartArea.top)
        ctx.lineTo(at, chartArea.bottom)
        ctx.stroke()
      }
      ctx.restore()
    },
    afterDatasetsDraw(chart) {
      const marks = shown(chart)
      if (marks.length === 0) return
      const { ctx, chartArea, scales } = chart
      const color = colorOf(markColor)
      const ground = colorOf('var(--surface)', 0.82)
      ctx.save()
      ctx.font = `${fontSize}px ${getComputedStyle(document.body).fontFamily}`
      ctx.textBaseline = 'top'
      for (const { mark, index, at } of marks) {
        const width = ctx.measureText(mark.label).width
        const left = at + 5 + width > chartArea.right ? at - 5 - width : at + 5
        const top = chartArea.top + 1 + (index % labelRows) * lineHeight
        ctx.fillStyle = ground
        ctx.fillRect(left - 2, top - 1, width + 4, lineHeight)
        ctx.fillStyle = color
        ctx.fillText(mark.label, left, top)
        if (mark.y === undefined) continue
        ctx.beginPath()
        ctx.arc(at, scales.y?.getPixelForValue(mark.y) ?? 0, 5, 0, 2 * Math.PI)
        ctx.fill()
      }
      ctx.restore()
    },
  }
}
