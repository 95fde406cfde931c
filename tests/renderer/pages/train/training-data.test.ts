import { describe, expect, test } from 'vitest'
import {
  crossCount,
  findProblem,
  findWarnings,
  type TrainingData,
} from '../../../../src/renderer/src/pages/train/training-data.ts'

function data(counts: Record<string, number>, change: Partial<TrainingData> = {}): TrainingData {
  const classes = Object.entries(counts).map(([name, total]) => ({
    name,
    color: '#000000',
    total,
    splits: null,
  }))
  const labelled = classes.reduce((sum, { total }) => sum + total, 0)
  return {
    classes,
    labelled,
    unlabelled: 0,
    splits: { train: labelled, validation: 1, test: 1, none: 0 },
    pending: 0,
    unusable: 0,
    ...change,
  }
}
const kinds = (given: TrainingData) => findWarnings(given).map(({ kind }) => kind)

describe('what keeps a training from starting', () => {
  test('no images, no labels, one class, nothing to train on', () => {
    expect(findProblem(data({}))?.kind).toBe('no-images')
    expect(findProblem(data({ ants: 0 }, { unlabelled: 5 }))?.kind).toBe('no-labels')
    expect(findProblem(data({ ants: 9, bees: 0 }))).toEqual({ kind: 'one-class', name: 'ants' })
    const splits = { train: 0, validation: 10, test: 8, none: 0 }
    expect(findProblem(data({ ants: 9, bees: 9 }, { splits }))?.kind).toBe('no-train')
    expect(findProblem(data({ ants: 9, bees: 9 }))).toBeNull()
  })
})

describe('what a person should know first', () => {
  test('nothing, where all is well', () => {
    expect(findWarnings(data({ ants: 50, bees: 60 }))).toEqual([])
  })

  test('imbalance from three to one on, with the classes named', () => {
    expect(kinds(data({ ants: 20, bees: 59 }))).toEqual([])
    expect(findWarnings(data({ ants: 20, bees: 60, wasps: 30 }))).toEqual([
      { kind: 'imbalance', ratio: 3, largest: 'bees', smallest: 'ants' },
    ])
  })

  test('small classes, and images that are left out', () => {
    const given = data({ ants: 9, bees: 12 }, { unlabelled: 4, unusable: 1, pending: 2 })
    expect(kinds(given)).toEqual(['small-class', 'unlabelled', 'pending', 'unusable'])
  })

  test('splits that will be made or completed', () => {
    const none = { train: 0, validation: 0, test: 0, none: 40 }
    expect(kinds(data({ ants: 20, bees: 20 }, { splits: none }))).toEqual(['no-split'])
    const partial = { train: 30, validation: 0, test: 0, none: 10 }
    expect(kinds(data({ ants: 20, bees: 20 }, { splits: partial }))).toEqual([
      'some-without-split',
      'validation-from-train',
      'no-test',
    ])
  })
})

test('classes are counted by split', () => {
  const splits = { train: [1, 2, 3, 9], validation: [4], test: [5, 6] }
  expect(
    crossCount(
      [
        [1, 2, 4],
        [3, 5, 6, 7],
      ],
      splits,
    ),
  ).toEqual([
    { train: 2, validation: 1, test: 0 },
    { train: 1, validation: 0, test: 2 },
  ])
})
