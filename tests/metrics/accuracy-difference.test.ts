import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { accuracyDifference, mcnemarTest } from '../../src/metrics/index.ts'

/** By statsmodels and SciPy. @see scripts/golden/paired-tests.py */
const golden = JSON.parse(
  readFileSync(new URL('../fixtures/golden/paired-tests.json', import.meta.url), 'utf8'),
) as { examples: number; b: number; c: number; p: number; interval95: [number, number] }[]

/** Whether each of two classifiers is right: b times only the first, c times only the second, both in the rest. */
function answersOf({ examples, b, c }: (typeof golden)[number]): [boolean[], boolean[]] {
  const first = Array.from({ length: examples }, (_, index) => index < b || index >= b + c)
  const second = first.map((_, index) => index >= b)
  return [first, second]
}

describe.each(golden)('$examples examples, $b and $c', (each) => {
  it("McNemar's exact p is statsmodels's", () => {
    const [first, second] = answersOf(each)
    const { b, c, p } = mcnemarTest(first, second)
    expect([b, c]).toEqual([each.b, each.c])
    expect(p / each.p).toBeCloseTo(1, 9)
  })

  it("the interval of the difference is SciPy's, to one example", () => {
    const { difference, interval95 } = accuracyDifference(each.b, each.c, each.examples)
    expect(difference).toBe((each.c - each.b) / each.examples)
    for (const end of [0, 1] as const)
      // SciPy draws 99,999 samples, so its percentile may fall on the neighbouring example.
      expect(Math.abs(interval95[end] - each.interval95[end])).toBeLessThanOrEqual(1.001 / each.examples)
  })
})
