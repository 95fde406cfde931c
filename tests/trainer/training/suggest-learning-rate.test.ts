import { describe, expect, it } from 'vitest'
import { suggestLearningRate } from '../../../src/trainer/training/suggest-learning-rate.ts'

const curve = (lossAt: (step: number) => number, length = 100) =>
  Array.from({ length }, (_, step) => ({ learningRate: 1e-7 * 1.2 ** step, loss: lossAt(step) }))

describe('suggestLearningRate', () => {
  it('takes the rate of the steepest descent', () => {
    const points = curve((step) => (step < 40 ? 2 : step < 60 ? 2 - 0.05 * (step - 40) : 1))
    const suggestion = suggestLearningRate(points)!
    expect(suggestion).toBeGreaterThanOrEqual(points[40]!.learningRate)
    expect(suggestion).toBeLessThanOrEqual(points[60]!.learningRate)
  })

  it('says nothing of a curve that only rises, or is too short', () => {
    expect(suggestLearningRate(curve((step) => step))).toBeNull()
    expect(suggestLearningRate(curve((step) => -step, 12))).toBeNull()
  })
})
