import { describe, expect, it } from 'vitest'
import { dealFolds } from '../../src/trainer/head/folds.ts'

/** Ten of class 0, five of class 1, four of class 2. */
const labels = [...Array<number>(10).fill(0), ...Array<number>(5).fill(1), ...Array<number>(4).fill(2)]
const countOf = (fold: readonly number[], label: number) => fold.filter((row) => labels[row] === label).length

describe('folds', () => {
  it('hold every row once, each class evenly, and are of one size but for one', () => {
    const folds = dealFolds(labels, 5)
    expect(folds.flat().sort((a, b) => a - b)).toEqual(labels.map((_, row) => row))
    expect(folds.map((fold) => countOf(fold, 0))).toEqual([2, 2, 2, 2, 2])
    expect(folds.map((fold) => countOf(fold, 1))).toEqual([1, 1, 1, 1, 1])
    expect(folds.map(({ length }) => length).sort()).toEqual([3, 4, 4, 4, 4])
  })

  it('keep rows of one group together, of whatever class, and the others even', () => {
    const groups = labels.map((_, row) => row)
    for (const row of [3, 4, 11, 18]) groups[row] = 3
    const folds = dealFolds(labels, 5, { groups })
    const together = folds.filter((fold) => [3, 4, 11, 18].some((row) => fold.includes(row)))
    expect(together).toHaveLength(1)
    expect(folds.flat()).toHaveLength(labels.length)
    for (const fold of folds) expect(countOf(fold, 0)).toBeLessThanOrEqual(3)
  })

  it('are the same for the same seed alone', () => {
    expect(dealFolds(labels, 5, { seed: 4 })).toEqual(dealFolds(labels, 5, { seed: 4 }))
    expect(dealFolds(labels, 5, { seed: 4 })).not.toEqual(dealFolds(labels, 5, { seed: 5 }))
  })

  it('are fewer than asked for where there are fewer groups', () => {
    const folds = dealFolds([0, 1, 0, 1], 5, { groups: [1, 1, 2, 2] })
    expect(folds.toSorted((a, b) => a[0]! - b[0]!)).toEqual([
      [0, 1],
      [2, 3],
    ])
  })
})
