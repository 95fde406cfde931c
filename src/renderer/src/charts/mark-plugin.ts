import type { Plugin } from 'chart.js'
import { resolveColor } from './chart-colors.ts'

/** A place on the x axis that has a name: a dashed upright line, and with `y` a dot. */
export interface ChartMark {
  readonly x: number
  readonly label: string
  readonly y?: number
}

/** CSS colour of marks. */
export const markColor = 'var(--thawed-ink)'

/** Draws the marks that are in the shown range, below the curves. */
export function createMarkPlugin(marksNow: () => readonly ChartMark[]): Plugin<'line'> {
  return {
    id: 'marks',
    beforeDatasetsDraw({ ctx, chartArea: { left, right, top, bottom }, scales: { x, y } }) {
      if (!x || !y) return
      const color = resolveColor(markColor)
      ctx.save()
      ctx.strokeStyle = ctx.fillStyle = color
      ctx.lineWidth = 1.5
      ctx.font = `11px ${getComputedStyle(document.body).fontFamily}`
      ctx.textBaseline = 'top'
      for (const mark of marksNow()) {
        const at = x.getPixelForValue(mark.x)
        if (at < left - 1 || at > right + 1) continue
        ctx.setLineDash([5, 4])
        ctx.beginPath()
        ctx.moveTo(at, top)
        ctx.lineTo(at, bottom)
        ctx.stroke()
        ctx.setLineDash([])
        const width = ctx.measureText(mark.label).width
        ctx.fillText(mark.label, at + 5 + width > right ? at - 5 - width : at + 5, top + 1)
        if (mark.y === undefined) continue
        ctx.beginPath()
        ctx.arc(at, y.getPixelForValue(mark.y), 5, 0, 2 * Math.PI)
        ctx.fill()
      }
      ctx.restore()
    },
  }
}
