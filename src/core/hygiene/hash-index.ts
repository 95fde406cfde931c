/** Numbers of items whose 64-bit hash is near a given one, each once or more. */
export interface HashIndex {
  /** Calls `found` for every item of at most `maxHashDistance` differing bits; the same item may come up to four times. */
  search(high: number, low: number, found: (item: number, distance: number) => void): void
}

/** Farther hashes are not searched for: an index of four parts finds what differs in two bits of one of them for certain. */
export const maxHashDistance = 11

const parts = 4
const partBits = 16
const partValues = 2 ** partBits
/** Fewer items are gone through one by one, which is faster than looking at so many places. */
const fewItems = 600

/** Every 16-bit number of at most two bits: what to flip to reach all neighbours of a part. */
const flips: readonly number[] = [
  0,
  ...Array.from({ length: partBits }, (_, bit) => 1 << bit),
  ...Array.from({ length: partBits }, (_, high) =>
    Array.from({ length: high }, (_, low) => (1 << high) | (1 << low)),
  ).flat(),
]

function bitCount(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555)
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333)
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

/** How many of 64 bits differ. */
export function hashDistance(highA: number, lowA: number, highB: number, lowB: number): number {
  return bitCount(highA ^ highB) + bitCount(lowA ^ lowB)
}

const partOf = (high: number, low: number, part: number): number =>
  ((part < 2 ? high : low) >>> (part % 2 === 0 ? partBits : 0)) & (partValues - 1)

/**
 * An index of hashes by their four parts: hashes that differ in at most 11 bits differ in at most two bits of some part.
 *
 * @param high, low uint32 of all hashes
 * @param items which of them are in the index
 * @see M. Norouzi et al., Fast Search in Hamming Space with Multi-Index Hashing, 2012
 */
export function createHashIndex(high: Uint32Array, low: Uint32Array, items: Uint32Array): HashIndex {
  const check = (
    item: number,
    wantedHigh: number,
    wantedLow: number,
    found: (item: number, distance: number) => void,
  ): void => {
    const distance = hashDistance(high[item] as number, low[item] as number, wantedHigh, wantedLow)
    if (distance <= maxHashDistance) found(item, distance)
  }
  if (items.length <= fewItems) {
    return {
      search(wantedHigh, wantedLow, found) {
        for (const item of items) check(item, wantedHigh, wantedLow, found)
      },
    }
  }

  const tables = Array.from({ length: parts }, (_, part) => {
    const starts = new Uint32Array(partValues + 1)
    const valueOf = (item: number): number => partOf(high[item] as number, low[item] as number, part)
    for (const item of items) {
      const after = valueOf(item) + 1
      starts[after] = (starts[after] as number) + 1
    }
    for (let value = 0; value < partValues; value += 1) {
      starts[value + 1] = (starts[value + 1] as number) + (starts[value] as number)
    }
    const next = starts.slice()
    const members = new Uint32Array(items.length)
    for (const item of items) {
      const value = valueOf(item)
      members[next[value] as number] = item
      next[value] = (next[value] as number) + 1
    }
    return { starts, members }
  })
  return {
    search(wantedHigh, wantedLow, found) {
      for (const [part, { starts, members }] of tables.entries()) {
        const value = partOf(wantedHigh, wantedLow, part)
        for (const flip of flips) {
          const end = starts[(value ^ flip) + 1] as number
          for (let at = starts[value ^ flip] as number; at < end; at += 1) {
            check(members[at] as number, wantedHigh, wantedLow, found)
          }
        }
      }
    },
  }
}
