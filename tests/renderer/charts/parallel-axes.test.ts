import { describe, expect, test } from 'vitest'
import { axisTicks, rangeOf, scaled } from '../../../src/reports/charts/axis-ticks.ts'
import { makeAxis, placeOnAxis, withinBrushes } from '../../../src/renderer/src/charts/parallel-axes.ts'

describe('ticks', () => {
  test('are round and within the range', () => {
    expect(axisTicks(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1])
    expect(axisTicks(0.13, 0.31, 4)).toEqual([0.15, 0.2, 0.25, 0.3])
    expect(axisTicks(-250, 900, 3)).toEqual([0, 500])
    expect(axisTicks(7, 7, 5)).toEqual([7])
  })

  test('ranges leave out what is no number, and places are linear', () => {
    expect(rangeOf([3, NaN, -1, Infinity])).toEqual([-1, 3])
    expect(rangeOf([])).toBeNull()
    expect(scaled(5, [0, 10], [100, 0])).toBe(50)
    expect(scaled(5, [5, 5], [0, 10])).toBe(5)
  })
})

describe('parallel axes', () => {
  const rate = makeAxis('learningRate', 'Rate', [0.1, 0.001, 0.00001])
  const head = makeAxis('head', 'Head', ['linear', '8:relu', null])
  const accuracy = makeAxis('accuracy', 'Accuracy', [0.5, 0.9, null])

  test('place numbers of several magnitudes by their logarithm, words apart', () => {
    expect(rate.isLogarithmic).toBe(true)
    expect(rate.values.map((value) => placeOnAxis(rate, value))).toEqual([1, expect.closeTo(0.5, 9), 0])
    expect(head.words).toEqual(['8:relu', 'linear', '–'])
    expect(head.values.map((value) => placeOnAxis(head, value))).toEqual([0.5, 0, 1])
    expect(accuracy.values.map((value) => placeOnAxis(accuracy, value))).toEqual([0, 1, null])
  })

  test('brushes keep what lies within all of them; what has no value lies nowhere', () => {
    const axes = [rate, head, accuracy]
    expect(withinBrushes(axes, new Map())).toEqual([0, 1, 2])
    expect(withinBrushes(axes, new Map([['learningRate', [0, 0.5]]]))).toEqual([1, 2])
    const both = new Map([
      ['learningRate', [0, 0.5]],
      ['accuracy', [0, 1]],
    ] as const)
    expect(withinBrushes(axes, both)).toEqual([1])
  })
})
