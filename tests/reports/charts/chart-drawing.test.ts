import { describe, expect, it } from 'vitest'
import { svgOfDrawing, type ChartDrawing } from '../../../src/reports/charts/chart-drawing.ts'

describe('a drawing of curves', () => {
  it('is a picture with its title, legend, axes, marks and curves, whatever the names', () => {
    const drawing: ChartDrawing = {
      title: 'Loss <a & b>',
      width: 300,
      height: 200,
      colors: { ground: '#fff', ink: '#000', muted: '#666', line: '#ddd' },
      area: { left: 40, top: 6, right: 290, bottom: 160 },
      xLabel: 'Epoch',
      xTicks: [{ at: 40, text: '0' }],
      yTicks: [{ at: 160, text: '0.5' }],
      curves: [
        {
          label: 'Training',
          color: 'rgb(1, 2, 3)',
          width: 2,
          dash: [6, 4],
          points: [
            { x: 40, y: 100 },
            { x: 290, y: 50.123 },
          ],
          dotRadius: 2,
        },
        { label: null, color: 'rgb(9, 9, 9)', width: 1, dash: [], points: [], dotRadius: 0 },
      ],
      marks: [{ at: 100, label: 'Phase 2', color: 'rgb(4, 5, 6)' }],
    }
    const svg = svgOfDrawing(drawing)
    expect(svg).toContain('Loss &lt;a &amp; b&gt;')
    expect(svg).toContain('points="40,100 290,50.12"')
    expect(svg).toContain('stroke-dasharray="6 4"')
    expect(svg.match(/<circle/g)).toHaveLength(2)
    for (const text of ['Training', 'Epoch', '0.5', 'Phase 2']) expect(svg).toContain(`>${text}</text>`)
  })
})
