import { describe, expect, it } from 'vitest'
import { suggestionStrategies, type SuggestionStrategy } from '../../../src/contract/suggestions.ts'
import { strategies } from '../../../src/core/suggestions/strategies/index.ts'
import type { SuggestionPool } from '../../../src/core/suggestions/strategies/strategy.ts'

/** Images on a line, each with what a head says of it. */
function poolOf(
  images: { at: number; probability: number; margin: number }[],
  labelledAt: number[] = [],
  seed = 0,
): SuggestionPool {
  return {
    size: images.length,
    probabilities: Float32Array.from(images, ({ probability }) => probability),
    margins: Float32Array.from(images, ({ margin }) => margin),
    features: Float32Array.from(images, ({ at }) => at),
    labelledFeatures: Float32Array.from(labelledAt),
    width: 1,
    seed,
  }
}

async function order(name: SuggestionStrategy, pool: SuggestionPool): Promise<number[]> {
  const places: number[] = []
  for await (const place of strategies[name](pool, () => Promise.resolve())) places.push(place)
  return places
}

const three = [
  { at: 0, probability: 0.9, margin: 0.85 },
  { at: 0.5, probability: 0.4, margin: 0.3 },
  { at: 1, probability: 0.5, margin: 0.02 },
]

describe('strategies', () => {
  it.each(suggestionStrategies)('%s gives each image once', async (name) => {
    expect((await order(name, poolOf(three, [0.2]))).sort()).toEqual([0, 1, 2])
    expect(await order(name, poolOf([]))).toEqual([])
  })

  it('uncertainty asks for the least probable class first, margin for the least decided', async () => {
    expect(await order('uncertainty', poolOf(three))).toEqual([1, 2, 0])
    expect(await order('margin', poolOf(three))).toEqual([2, 1, 0])
  })

  it('an image of which nothing is known is the most uncertain', async () => {
    const pool = poolOf([...three, { at: 0.1, probability: NaN, margin: NaN }])
    expect((await order('uncertainty', pool))[0]).toBe(3)
    expect((await order('mixed', pool))[0]).toBe(3)
  })

  it('diversity is farthest from what is labelled, then from what it gave', async () => {
    expect(await order('diversity', poolOf(three, [0.1]))).toEqual([2, 1, 0])
    expect((await order('diversity', poolOf(three, [0.9])))[0]).toBe(0)
  })

  it('mixed passes over the double of an uncertain image for a less uncertain one elsewhere', async () => {
    const pool = poolOf([
      { at: 0, probability: 0.5, margin: 0.01 },
      { at: 0.01, probability: 0.5, margin: 0.02 },
      { at: 1, probability: 0.6, margin: 0.3 },
      { at: 1.5, probability: 0.99, margin: 0.98 },
    ])
    expect(await order('margin', pool)).toEqual([0, 1, 2, 3])
    expect(await order('mixed', pool)).toEqual([0, 2, 1, 3])
  })

  it('random follows the seed', async () => {
    const many = Array.from({ length: 50 }, (_, at) => ({ at, probability: 1, margin: 1 }))
    const first = await order('random', poolOf(many, [], 1))
    expect(await order('random', poolOf(many, [], 1))).toEqual(first)
    expect(await order('random', poolOf(many, [], 2))).not.toEqual(first)
  })
})
