import { describe, expect, it } from 'vitest'
import { quantize, strongestChannels } from '../../../src/ml/explain/channel-maps.ts'

describe('the strongest channels', () => {
  // Three channels at four positions: by what is above 0, the last one is first.
  const activations = Float32Array.from([0, -9, 1, 1, -9, 1, 0, -9, 3, 0, 4, 1])

  it('are those that find most, whatever they find below 0', () => {
    const maps = strongestChannels(activations, 3, 2)
    expect(maps.map(({ channel, activation }) => [channel, activation])).toEqual([
      [2, 1.5],
      [1, 1],
    ])
  })

  it('are told between their own extremes', () => {
    const [first, second] = strongestChannels(activations, 3, 2)
    expect(first).toMatchObject({ least: 1, most: 3 })
    expect([...first!.values]).toEqual([0, 0, 255, 0])
    expect([...second!.values]).toEqual([0, 0, 0, 255])
  })

  it('may be fewer than asked for', () => {
    expect(strongestChannels(activations, 3, 64)).toHaveLength(3)
  })
})

it('values that are all the same are all 0', () => {
  expect(quantize(new Float32Array([5, 5]))).toEqual({ least: 5, most: 5, values: Uint8Array.from([0, 0]) })
})
