import { describe, expect, it } from 'vitest'
import { createRandom, philox4x32 } from '../../src/models/random.ts'

const key = { seed: 1, purpose: 'shuffle', epoch: 2, item: 3 }

describe('Philox4x32-10', () => {
  it.each([
    // The known-answer vectors of the authors' library Random123.
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ] as const)('gives the published words for counter %j', (counter, words, expected) => {
    expect(philox4x32(counter, words)).toEqual(expected)
  })
})

describe('createRandom', () => {
  it('gives the numbers of an independent implementation with big integers', () => {
    const random = createRandom(key)
    const words = Array.from({ length: 5 }, () => random.uint32())
    expect(words).toEqual([822439493, 718360990, 1450545651, 1112414219, 1154900148])
    expect(createRandom(key).uniform()).toBe(0.1914891166035566)
    expect(createRandom(key).normal()).toBeCloseTo(-0.34148457707646784, 14)
    expect([...createRandom(key).permutation(10)]).toEqual([2, 1, 8, 4, 5, 6, 0, 9, 7, 3])
  })

  it('gives another stream where any part of the key differs', () => {
    const others = [
      { ...key, seed: 2 },
      { ...key, seed: 1 + 2 ** 32 },
      { ...key, purpose: 'dropout' },
      { ...key, epoch: 3 },
      { ...key, item: 2 },
    ]
    const firsts = [key, ...others].map((one) => createRandom(one).uint32())
    expect(new Set(firsts).size).toBe(firsts.length)
  })

  it('spreads uniform, normal and whole numbers as their distributions say', () => {
    const random = createRandom({ seed: 7, purpose: 'test' })
    const uniforms = Array.from({ length: 20_000 }, () => random.uniform(-1, 3))
    expect(Math.min(...uniforms)).toBeGreaterThanOrEqual(-1)
    expect(Math.max(...uniforms)).toBeLessThan(3)
    expect(meanOf(uniforms)).toBeCloseTo(1, 1)
    const normals = Array.from({ length: 20_000 }, () => random.normal(5, 2))
    expect(meanOf(normals)).toBeCloseTo(5, 1)
    expect(Math.sqrt(meanOf(normals.map((value) => (value - 5) ** 2)))).toBeCloseTo(2, 1)
    const counts = [0, 0, 0]
    for (let draw = 0; draw < 30_000; draw += 1) counts[random.integer(3)]! += 1
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(400)
  })

  it('draws whole numbers without bias where the bound does not divide 2^32', () => {
    const random = createRandom({ seed: 7, purpose: 'bound' })
    const low = Array.from({ length: 6000 }, () => random.integer(3 * 2 ** 30)).filter(
      (value) => value < 2 ** 30,
    )
    expect(Math.abs(low.length - 2000)).toBeLessThan(200)
  })

  it('permutes every number exactly once', () => {
    const order = createRandom({ seed: 0, purpose: 'shuffle' }).permutation(1000)
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, index) => index))
    expect(createRandom(key).permutation(0)).toHaveLength(0)
  })
})

function meanOf(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
