import { describe, expect, test } from 'vitest'
import { nearestIndex, summarizeCurve } from '../../../src/renderer/src/charts/chart-points.ts'
import { curveColors, curveLook } from '../../../src/renderer/src/charts/chart-colors.ts'

describe('points of a chart', () => {
  test('the nearest is found at the ends, between, and in a tie before', () => {
    const x = [0, 1, 2, 4]
    expect([-5, 0.4, 0.6, 3, 3.1, 99].map((value) => nearestIndex(x, value))).toEqual([0, 0, 1, 2, 3, 3])
    expect(nearestIndex([], 1)).toBe(-1)
  })

  test('are told in words by their last, lowest and highest', () => {
    expect(summarizeCurve([1, 2, 3, 4], [3, 1, NaN, 2])).toEqual({
      points: 3,
      last: { x: 4, y: 2 },
      lowest: { x: 2, y: 1 },
      highest: { x: 1, y: 3 },
    })
    expect(summarizeCurve([1], [NaN])).toBeNull()
  })
})

test('every pair of colour and line style comes once before any comes again', () => {
  const looks = Array.from({ length: curveColors.length * 4 }, (_, index) => JSON.stringify(curveLook(index)))
  expect(new Set(looks).size).toBe(looks.length)
})
