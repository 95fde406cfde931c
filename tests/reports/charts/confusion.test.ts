import { describe, expect, test } from 'vitest'
import {
  columnTotals,
  confusionHeat,
  rowTotals,
  scaleConfusion,
  worstConfusions,
} from '../../../src/reports/charts/confusion.ts'

const matrix = [
  [8, 2, 0],
  [1, 9, 10],
  [0, 0, 0],
]

describe('a confusion matrix', () => {
  test('is scaled by true class: shares of a row add up to 1, an empty row stays 0', () => {
    const rows = scaleConfusion(matrix, 'rows')
    expect(rows).toEqual([
      [0.8, 0.2, 0],
      [0.05, 0.45, 0.5],
      [0, 0, 0],
    ])
    expect(rowTotals(matrix)).toEqual([10, 20, 0])
  })

  test('is scaled by prediction: shares of a column add up to 1', () => {
    const columns = scaleConfusion(matrix, 'columns')
    expect(columnTotals(matrix)).toEqual([9, 11, 10])
    expect(columnTotals(columns).map((total) => Math.round(total * 1e12) / 1e12)).toEqual([1, 1, 1])
    expect(columns[1]?.[1]).toBeCloseTo(9 / 11, 12)
  })

  test('as counts is a copy', () => {
    const counts = scaleConfusion(matrix, 'counts')
    expect(counts).toEqual(matrix)
    expect(counts[0]).not.toBe(matrix[0])
  })

  test('is warm by share of the row: 0 for none, 1 for all, and the rarest still seen', () => {
    const heat = confusionHeat([
      [1000, 1],
      [0, 5],
    ])
    expect(heat[1]).toEqual([0, 1])
    expect(heat[0]?.[1]).toBeGreaterThan(0.3)
    expect(heat[0]?.[1]).toBeLessThan(0.4)
  })

  test('names its most frequent mistakes, never the diagonal', () => {
    expect(worstConfusions(matrix, 2)).toEqual([
      { truth: 1, predicted: 2, count: 10 },
      { truth: 0, predicted: 1, count: 2 },
    ])
    expect(
      worstConfusions(
        [
          [5, 0],
          [0, 5],
        ],
        3,
      ),
    ).toEqual([])
  })
})
