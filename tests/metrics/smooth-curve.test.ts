import { describe, expect, it } from 'vitest'
import { createSmoothed, extendSmoothed } from '../../src/metrics/index.ts'

const smooth = (values: number[], weight: number): number[] => {
  const smoothed = createSmoothed(weight)
  extendSmoothed(smoothed, values)
  return smoothed.values
}

describe('a smoothed curve', () => {
  it('leaves a constant as it is from the first point on', () => {
    for (const value of smooth([2, 2, 2, 2], 0.9)) expect(value).toBeCloseTo(2, 12)
  })

  it('is the mean of what came, weighted by how long ago', () => {
    const [first, second, third] = smooth([1, 3, 5], 0.5)
    expect(first).toBe(1)
    expect(second).toBeCloseTo((0.5 * 1 + 1 * 3) / 1.5, 12)
    expect(third).toBeCloseTo((0.25 * 1 + 0.5 * 3 + 1 * 5) / 1.75, 12)
    expect(smooth([1, 3, 5], 0)).toEqual([1, 3, 5])
  })

  it('grows to the same as at once, passes over what is no number, and starts again for another curve', () => {
    const smoothed = createSmoothed(0.8)
    extendSmoothed(smoothed, [4, 2])
    extendSmoothed(smoothed, [4, 2, NaN, 1])
    expect(smoothed.values[2]).toBeNaN()
    expect(smoothed.values[3]).toBeCloseTo(smooth([4, 2, 1], 0.8)[2]!, 12)
    extendSmoothed(smoothed, [7])
    expect(smoothed.values).toEqual([expect.closeTo(7, 12)])
    extendSmoothed(smoothed, [1, 1, 1])
    for (const value of smoothed.values) expect(value).toBeCloseTo(1, 12)
  })
})
