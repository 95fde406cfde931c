import { describe, expect, it } from 'vitest'
import { csvOfCurves } from '../../../src/renderer/src/charts/chart-file.ts'

describe('a chart as a file', () => {
  it('is a table of every point, safe for spreadsheets', () => {
    const csv = csvOfCurves(
      ['curve', 'epoch', 'value'],
      [
        { label: 'Training', x: [1, 2], y: [0.5, 0.25] },
        { label: '=1+1, "odd"', x: [1], y: [1e-7] },
      ],
    )
    expect(csv.split('\r\n')).toEqual([
      'curve,epoch,value',
      'Training,1,0.5',
      'Training,2,0.25',
      `"'=1+1, ""odd""",1,1e-7`,
      '',
    ])
  })
})
