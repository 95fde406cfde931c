import { describe, expect, it } from 'vitest'
import { adjustForDiscoveries, fisherExactTest } from '../../src/metrics/index.ts'
import { goldenStatistics } from './golden-predictions.ts'

describe("Fisher's exact test", () => {
  it.each(goldenStatistics.fisher)("of $table is SciPy's", ({ table, p }) => {
    expect(fisherExactTest(table) / p).toBeCloseTo(1, 8)
  })

  it('is that of the lady tasting tea: three of four cups right, 34 of 70 by chance', () => {
    const table = [
      [3, 1],
      [1, 3],
    ] as const
    expect(fisherExactTest(table)).toBeCloseTo(34 / 70, 12)
  })
})

describe('the correction for many tests', () => {
  it("is SciPy's", () => {
    const adjusted = adjustForDiscoveries(goldenStatistics.fisher.map(({ p }) => p))
    adjusted.forEach((value, index) => expect(value / goldenStatistics.adjusted[index]!).toBeCloseTo(1, 8))
  })

  it('leaves one test as it is', () => {
    expect(adjustForDiscoveries([0.03])).toEqual([0.03])
    expect(adjustForDiscoveries([])).toEqual([])
  })
})
