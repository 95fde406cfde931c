import type { Random } from '../../models/random.ts'

/**
 * Many random words for the values of one picture: Doty-Humphrey's generator sfc32, started from a keyed stream. Fifteen times as fast as
 * drawing from the stream itself, and as reproducible.
 *
 * @returns a function that gives 0 to 2^32 - 1
 * @see https://pracrand.sourceforge.net
 */
export function createFastWords(random: Random): () => number {
  let a = random.uint32() | 0
  let b = random.uint32() | 0
  let c = random.uint32() | 0
  let counter = 1
  const next = (): number => {
    const result = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + result
    c |= 0
    return result >>> 0
  }
  // The first words still resemble the start.
  for (let round = 0; round < 12; round += 1) next()
  return next
}
