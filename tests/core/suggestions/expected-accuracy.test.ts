import { describe, expect, it } from 'vitest'
import { expectedAccuracy } from '../../../src/core/suggestions/expected-accuracy.ts'

/** Accuracies of the error `a * labels^-b`. */
const lawful = (a: number, b: number, sizes: number[]) =>
  sizes.map((labels) => ({ labels, accuracy: 1 - a * labels ** -b }))

describe('the accuracy to expect with more labels', () => {
  it('goes on as the power law of the learning curve', () => {
    const curve = lawful(2, 0.5, [50, 100, 200])
    expect(expectedAccuracy(curve)).toEqual({
      moreLabels: 100,
      accuracy: expect.closeTo(1 - 2 * 300 ** -0.5, 6),
    })
  })
  it('looks no further than the labels there are', () => {
    expect(expectedAccuracy(lawful(1, 0.4, [10, 20, 40]))?.moreLabels).toBe(40)
  })
  it.each([
    ['has no points', []],
    ['has too few points', lawful(2, 0.5, [100, 200])],
    ['has too few labels', lawful(1, 0.5, [4, 8, 16])],
    ['has no error left', [0.9, 0.95, 1].map((accuracy, index) => ({ labels: 50 * 2 ** index, accuracy }))],
    ['does not rise', [0.8, 0.85, 0.84].map((accuracy, index) => ({ labels: 50 * 2 ** index, accuracy }))],
    [
      'follows no power law',
      [0.5, 0.9, 0.91].map((accuracy, index) => ({ labels: 50 * 2 ** index, accuracy })),
    ],
  ])('is not told where the curve %s', (_what, curve) => {
    expect(expectedAccuracy(curve)).toBeNull()
  })
})
