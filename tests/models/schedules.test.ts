import { describe, expect, it } from 'vitest'
import {
  optimizerNames,
  scheduleNames,
  trainPlanSchema,
  type TrainPlanInput,
} from '../../src/contract/train-plan.ts'
import { isDecayed, optimizerOf, optimizers } from '../../src/models/training/optimizers.ts'
import { learningRateAt, schedules, type SchedulePosition } from '../../src/models/training/schedules.ts'

const at = (step: number, losses: number[] = []) => ({ step, totalSteps: 100, stepsPerEpoch: 10, losses })

const rateAt = (plan: TrainPlanInput, learningRate: number, position: SchedulePosition): number =>
  learningRateAt(trainPlanSchema.parse(plan), learningRate, position)

describe('learningRateAt', () => {
  it('knows every schedule of the contract, and every optimiser', () => {
    expect(Object.keys(schedules)).toEqual([...scheduleNames])
    expect(Object.keys(optimizers)).toEqual([...optimizerNames])
  })

  it('never rises above the rate of the plan nor falls below zero', () => {
    for (const name of scheduleNames) {
      for (let step = 0; step < 100; step += 1) {
        const rate = rateAt({ schedule: name }, 0.5, at(step))
        expect(rate).toBeGreaterThanOrEqual(0)
        expect(rate).toBeLessThanOrEqual(0.5)
      }
    }
  })

  it('constant stays', () => {
    expect(rateAt({ schedule: 'constant' }, 0.1, at(99))).toBe(0.1)
  })

  it('cosine halves in the middle and ends near zero', () => {
    expect(rateAt({ schedule: 'cosine' }, 0.1, at(0))).toBeCloseTo(0.1, 12)
    expect(rateAt({ schedule: 'cosine' }, 0.1, at(50))).toBeCloseTo(0.05, 12)
    expect(rateAt({ schedule: 'cosine' }, 0.1, at(75))).toBeCloseTo(0.05 * (1 - Math.SQRT1_2), 12)
    expect(rateAt({ schedule: 'cosine' }, 0.1, at(100))).toBeCloseTo(0, 12)
  })

  it('step falls to a tenth after each third', () => {
    const rates = [0, 33, 34, 66, 67, 99, 100].map((step) => rateAt({ schedule: 'step' }, 1, at(step)))
    const expected = [1, 1, 0.1, 0.1, 0.01, 0.01, 0.01]
    rates.forEach((rate, index) => expect(rate).toBeCloseTo(expected[index]!, 12))
  })

  it('one-cycle rises from 1/25 in 30% of the run and falls to 1/250,000', () => {
    expect(rateAt({ schedule: 'one-cycle' }, 1, at(0))).toBeCloseTo(1 / 25, 12)
    expect(rateAt({ schedule: 'one-cycle' }, 1, at(15))).toBeCloseTo((1 + 1 / 25) / 2, 12)
    expect(rateAt({ schedule: 'one-cycle' }, 1, at(30))).toBeCloseTo(1, 12)
    expect(rateAt({ schedule: 'one-cycle' }, 1, at(65))).toBeCloseTo(0.5, 5)
    expect(rateAt({ schedule: 'one-cycle' }, 1, at(100))).toBeCloseTo(4e-6, 12)
  })

  it('plateau falls to a tenth after more than two epochs without a better loss', () => {
    const rate = (...losses: number[]): number => rateAt({ schedule: 'plateau' }, 1, at(0, losses))
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

  it('exponential falls by its factor after each epoch', () => {
    expect(rateAt({ schedule: 'exponential' }, 1, at(9))).toBe(1)
    expect(rateAt({ schedule: 'exponential' }, 1, at(30))).toBeCloseTo(0.95 ** 3, 12)
  })

  it("takes a schedule's numbers from the plan", () => {
    const plan = { schedule: 'step', scheduleParameters: { steps: 2, factor: 0.5 } } as const
    expect([0, 49, 50, 99].map((step) => rateAt(plan, 1, at(step)))).toEqual([1, 1, 0.5, 0.5])
  })

  it('rises linearly in the warm-up to where the schedule has it', () => {
    const plan = { schedule: 'cosine', warmUpEpochs: 0.5 } as const
    for (let step = 0; step < 5; step += 1) {
      const scheduled = rateAt({ schedule: 'cosine' }, 1, at(step))
      expect(rateAt(plan, 1, at(step))).toBeCloseTo((scheduled * (step + 1)) / 5, 12)
    }
    expect(rateAt(plan, 1, at(7))).toBe(rateAt({ schedule: 'cosine' }, 1, at(7)))
  })
})

describe('optimizerOf', () => {
  const of = (plan: TrainPlanInput) => optimizerOf(trainPlanSchema.parse(plan))

  it("fills in each optimiser's own defaults", () => {
    expect(of({ optimizer: 'sgd' })).toEqual({ name: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 0 })
    expect(of({ optimizer: 'adam' })).toMatchObject({ momentum: 0, weightDecay: 0 })
    expect(of({ optimizer: 'adamw' })).toMatchObject({ momentum: 0, weightDecay: 0.01 })
    expect(of({ optimizer: 'rmsprop' })).toMatchObject({ momentum: 0, weightDecay: 0 })
  })

  it("takes the plan's numbers where they are given", () => {
    const plan = { optimizer: 'sgd', momentum: 0, nesterov: false, weightDecay: 5e-4 } as const
    expect(of(plan)).toMatchObject({ momentum: 0, weightDecay: 5e-4 })
    expect(of({ optimizer: 'rmsprop', momentum: 0.5 })).toMatchObject({ momentum: 0.5 })
  })

  it('decays kernels alone', () => {
    expect(['a/kernel', 'a/depthwiseKernel'].every(isDecayed)).toBe(true)
    expect(['a/bias', 'a/gamma', 'a/beta'].some(isDecayed)).toBe(false)
  })
})
