import { describe, expect, it } from 'vitest'
import { createHashIndex, hashDistance, maxHashDistance } from '../../../src/core/hygiene/hash-index.ts'
import { createRandom } from '../../../src/models/random.ts'

const count = 3000
const random = createRandom({ seed: 3, purpose: 'hashes', item: 0 })
const word = () => (random.integer(2 ** 16) * 2 ** 16 + random.integer(2 ** 16)) >>> 0
const high = Uint32Array.from({ length: count }, word)
const low = Uint32Array.from({ length: count }, word)
const all = Uint32Array.from({ length: count }, (_, index) => index)

/** A hash with `bits` other bits than that of an item. */
function changed(item: number, bits: number): [number, number] {
  const words: [number, number] = [high[item] ?? 0, low[item] ?? 0]
  const places = new Set<number>()
  while (places.size < bits) places.add(random.integer(64))
  for (const place of places) {
    const at = place < 32 ? 0 : 1
    words[at] = (words[at] ^ (1 << (place % 32))) >>> 0
  }
  return words
}

describe('hashDistance', () => {
  it('counts the bits that differ, to all 64', () => {
    expect(hashDistance(0, 0, 0, 0)).toBe(0)
    expect(hashDistance(0xffffffff, 0xffffffff, 0, 0)).toBe(64)
    expect(hashDistance(0x80000001, 0, 0, 0x10)).toBe(3)
  })
})

describe.each([
  ['few hashes, gone through one by one', all.subarray(0, 200)],
  ['many hashes, by their parts', all],
])('an index of %s', (_, items) => {
  const index = createHashIndex(high, low, items)

  it.each([0, 1, 5, 8, maxHashDistance])('finds every hash of which %i bits differ', (bits) => {
    for (let item = 0; item < 100; item += 1) {
      const found = new Map<number, number>()
      index.search(...changed(item, bits), (other, distance) => found.set(other, distance))
      expect(found.get(item)).toBe(bits)
    }
  })

  it('finds none farther away', () => {
    for (let item = 0; item < 100; item += 1) {
      index.search(...changed(item, maxHashDistance + 1), (other) => expect(other).not.toBe(item))
    }
  })
})
