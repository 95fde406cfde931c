import { describe, expect, it } from 'vitest'
import { readTrainingSigns, type EpochLosses } from '../../src/metrics/training-signs.ts'

const losses = (train: readonly number[], validation?: readonly number[]): EpochLosses[] =>
  train.map((value, index) => ({
    epoch: index + 1,
    train: value,
    validation: validation?.[index] ?? null,
  }))
const falling = (count: number, from = 1, factor = 0.9) =>
  Array.from({ length: count }, (_, index) => from * factor ** index)

describe('what the curves of a training say', () => {
  it('is nothing while both losses fall', () => {
    expect(readTrainingSigns(losses(falling(20), falling(20)), 3, false)).toBeNull()
    expect(readTrainingSigns([], 3, false)).toBeNull()
    expect(readTrainingSigns(losses([0.7], [0.8]), 3, true)).toBeNull()
  })

  it('is overfitting where validation loss has risen for five epochs while training loss fell', () => {
    const validation = [0.9, 0.7, 0.6, 0.62, 0.64, 0.66, 0.68, 0.7]
    const train = falling(8)
    expect(readTrainingSigns(losses(train.slice(0, 7), validation.slice(0, 7)), 3, false)).toBeNull()
    const sign = readTrainingSigns(losses(train, validation), 3, false)
    expect(sign).toMatchObject({ kind: 'overfitting', bestEpoch: 3, epochs: 5 })
    expect(sign).toHaveProperty('rise', expect.closeTo(0.68 / 0.6 - 1, 9))
  })

  it('is no overfitting where validation loss only wavers, or training loss rises too', () => {
    const wavering = [0.9, 0.7, 0.6, 0.61, 0.6, 0.62, 0.61, 0.6]
    expect(readTrainingSigns(losses(falling(8), wavering), 3, false)).toBeNull()
    const rising = [0.9, 0.7, 0.6, 0.62, 0.64, 0.66, 0.68, 0.7]
    expect(readTrainingSigns(losses(rising, rising), 3, false)).toBeNull()
  })

  it('is a plateau where ten epochs brought less than 1%', () => {
    const flat = [...falling(5), ...Array.from({ length: 10 }, () => 0.655)]
    expect(readTrainingSigns(losses(falling(15), flat), 3, false)).toMatchObject({
      kind: 'plateau',
      of: 'validation',
      epochs: 10,
      lowest: 0.655,
    })
    expect(readTrainingSigns(losses(flat), 3, false)).toMatchObject({ kind: 'plateau', of: 'train' })
    expect(readTrainingSigns(losses(flat.slice(0, 14)), 3, false)).toBeNull()
    // There is nothing left to gain.
    expect(readTrainingSigns(losses(flat.map((value) => value / 1e4)), 3, false)).toBeNull()
  })

  it('is divergence where training loss is above guessing, and far above its lowest', () => {
    const guessing = Math.log(3)
    expect(readTrainingSigns(losses([0.5, 0.4, 1.2]), 3, false)).toEqual({
      kind: 'divergence',
      epoch: 3,
      loss: 1.2,
      guessing,
    })
    expect(readTrainingSigns(losses([5, 5.5]), 3, false)).toMatchObject({ kind: 'divergence', epoch: 2 })
    // A first epoch of a large head often begins so; what rises below guessing is not out of hand.
    expect(readTrainingSigns(losses([5, 2.5]), 3, false)).toBeNull()
    expect(readTrainingSigns(losses([0.1, 0.3]), 3, false)).toBeNull()
  })

  it('is unfinished where the last of its epochs was the best by far', () => {
    expect(readTrainingSigns(losses(falling(6), falling(6)), 3, true)).toMatchObject({
      kind: 'unfinished',
      epochs: 3,
      gain: expect.closeTo(1 - 0.9 ** 3, 9) as number,
    })
    const flat = [0.5, 0.5, 0.499, 0.498, 0.4979, 0.4978]
    expect(readTrainingSigns(losses(flat, flat), 3, true)).toBeNull()
  })
})
