import { describe, expect, it } from 'vitest'
import { decimate } from '../../../src/renderer/src/charts/decimate.ts'

const many = 100_000
const x = Array.from({ length: many }, (_, index) => index / 1000)
const y = x.map((_, index) => Math.sin(index / 5000) + ((index * 7919) % 101) / 500)

describe('a decimated curve', () => {
  it('is the curve itself where there are few points', () => {
    expect(decimate([0, 1, 2], [3, 1, 2], 0, 2, 10)).toEqual([
      { x: 0, y: 3 },
      { x: 1, y: 1 },
      { x: 2, y: 2 },
    ])
  })

  it('has in every column of the screen the extremes, the first and the last of the curve', () => {
    const columns = 500
    const points = decimate(x, y, 0, 100, columns)
    expect(points.length).toBeLessThanOrEqual(4 * columns + 2)
    for (let column = 0; column < columns; column += 1) {
      const inColumn = (value: number) => Math.floor(value * (columns / 100)) === column
      const all = y.filter((_, index) => inColumn(x[index]!))
      const kept = points.filter((point) => inColumn(point.x)).map((point) => point.y)
      expect([Math.min(...kept), Math.max(...kept), kept[0], kept.at(-1)]).toEqual([
        Math.min(...all),
        Math.max(...all),
        all[0],
        all.at(-1),
      ])
    }
  })

  it('ascends in x and shows only the range, with a point beyond either edge', () => {
    const points = decimate(x, y, 40, 42, 100)
    expect(points[0]!.x).toBe(39.999)
    expect(points.at(-1)!.x).toBe(42.001)
    expect(points.every((point, index) => index === 0 || point.x > points[index - 1]!.x)).toBe(true)
  })

  it('leaves out what is no number', () => {
    expect(decimate([0, 1, 2], [1, NaN, 3], 0, 2, 10)).toEqual([
      { x: 0, y: 1 },
      { x: 2, y: 3 },
    ])
    const broken = y.map((value, index) => (index % 2 ? NaN : value))
    expect(decimate(x, broken, 0, 100, 50).every((point) => Number.isFinite(point.y))).toBe(true)
    expect(decimate([], [], 0, 1, 10)).toEqual([])
  })
})
