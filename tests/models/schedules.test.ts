import { describe, expect, it } from 'vitest'
import { optimizerNames, scheduleNames } from '../../src/contract/train-plan.ts'
import { optimizers } from '../../src/models/training/optimizers.ts'
import { learningRateAt, schedules } from '../../src/models/training/schedules.ts'

const at = (step: number, losses: number[] = []) => ({ step, totalSteps: 100, stepsPerEpoch: 10, losses })

describe('learningRateAt', () => {
  it('knows every schedule of the contract, and every optimiser', () => {
    expect(Object.keys(schedules)).toEqual([...scheduleNames])
    expect(Object.keys(optimizers)).toEqual([...optimizerNames])
  })

  it('never rises above the rate of the plan nor falls below zero', () => {
    for (const name of scheduleNames) {
      for (let step = 0; step < 100; step += 1) {
        const rate = learningRateAt(name, 0.5, at(step))
        expect(rate).toBeGreaterThanOrEqual(0)
        expect(rate).toBeLessThanOrEqual(0.5)
      }
    }
  })

  it('constant stays', () => {
    expect(learningRateAt('constant', 0.1, at(99))).toBe(0.1)
  })

  it('cosine halves in the middle and ends near zero', () => {
    expect(learningRateAt('cosine', 0.1, at(0))).toBeCloseTo(0.1, 12)
    expect(learningRateAt('cosine', 0.1, at(50))).toBeCloseTo(0.05, 12)
    expect(learningRateAt('cosine', 0.1, at(75))).toBeCloseTo(0.05 * (1 - Math.SQRT1_2), 12)
    expect(learningRateAt('cosine', 0.1, at(100))).toBeCloseTo(0, 12)
  })

  it('step falls to a tenth after each third', () => {
    const rates = [0, 33, 34, 66, 67, 99, 100].map((step) => learningRateAt('step', 1, at(step)))
    const expected = [1, 1, 0.1, 0.1, 0.01, 0.01, 0.01]
    rates.forEach((rate, index) => expect(rate).toBeCloseTo(expected[index]!, 12))
  })

  it('one-cycle rises from 1/25 in 30% of the run and falls to 1/250,000', () => {
    expect(learningRateAt('one-cycle', 1, at(0))).toBeCloseTo(1 / 25, 12)
    expect(learningRateAt('one-cycle', 1, at(15))).toBeCloseTo((1 + 1 / 25) / 2, 12)
    expect(learningRateAt('one-cycle', 1, at(30))).toBeCloseTo(1, 12)
    expect(learningRateAt('one-cycle', 1, at(65))).toBeCloseTo(0.5, 5)
    expect(learningRateAt('one-cycle', 1, at(100))).toBeCloseTo(4e-6, 12)
  })

  it('plateau falls to a tenth after more than two epochs without a better loss', () => {
    const rate = (...losses: number[]): number => learningRateAt('plateau', 1, at(0, losses))
    expect(rate()).toBe(1)
    expect(rate(1, 0.9, 0.8)).toBe(1)
    expect(rate(1, 1, 1)).toBe(1)
    expect(rate(1, 1, 1, 1)).toBeCloseTo(0.1, 12)
    // Better by less than the threshold is not better.
    expect(rate(1, 0.99995, 0.99994, 0.99993)).toBeCloseTo(0.1, 12)
    expect(rate(1, 1, 1, 0.5, 0.6, 0.7)).toBe(1)
    expect(rate(1, 1, 1, 1, 1, 1, 1)).toBeCloseTo(0.01, 12)
    expect(rate(...new Array<number>(60).fill(1))).toBeCloseTo(1e-4, 12)
  })
})
