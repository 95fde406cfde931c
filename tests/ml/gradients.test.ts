import { describe, expect, it } from 'vitest'
import { clipByGlobalNorm, createGradientAccumulator } from '../../src/ml/gradients.ts'

const of = (...values: number[]) => new Map([['a', Float32Array.from(values)]])

describe('a gradient accumulator', () => {
  it('passes one batch through bit for bit', () => {
    const accumulator = createGradientAccumulator()
    const gradients = of(0.1, 0.7)
    accumulator.add(gradients, 3)
    expect(accumulator.take()).toBe(gradients)
    expect(accumulator.take()).toBeNull()
  })

  it('weighs batches by their examples, as one large batch would', () => {
    const accumulator = createGradientAccumulator()
    accumulator.add(of(1, 0), 4)
    accumulator.add(of(4, 1), 4)
    accumulator.add(of(-2, 8), 2)
    const mean = accumulator.take()!.get('a')!
    expect(mean[0]).toBeCloseTo((4 * 1 + 4 * 4 + 2 * -2) / 10, 6)
    expect(mean[1]).toBeCloseTo((4 * 1 + 2 * 8) / 10, 6)
  })
})

describe('clipByGlobalNorm', () => {
  it('scales all gradients together down to the limit', () => {
    const gradients = new Map([
      ['a', Float32Array.of(3, 0)],
      ['b', Float32Array.of(0, 4)],
    ])
    clipByGlobalNorm(gradients, 1)
    expect(gradients.get('a')![0]).toBeCloseTo(0.6, 6)
    expect(gradients.get('b')![1]).toBeCloseTo(0.8, 6)
  })

  it('leaves smaller gradients alone, and all of them where the limit is 0', () => {
    const gradients = of(3, 4)
    clipByGlobalNorm(gradients, 5)
    clipByGlobalNorm(gradients, 0)
    expect([...gradients.get('a')!]).toEqual([3, 4])
  })
})
