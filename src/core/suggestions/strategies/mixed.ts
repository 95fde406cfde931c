import { farthestFirst } from './farthest-first.ts'
import { sortedPlaces } from './sorted-places.ts'
import type { Strategy } from './strategy.ts'

/** The least decided: what comes after these nobody labels before the next head. */
const mostPlaces = 2000
/** What no two rows of length 1 exceed. */
const farthest = 4

/**
 * Uncertain and unlike each other: greedily the greatest product of how undecided an image is, squared, and how far it lies from those that were
 * given before it. The first is the least decided of all.
 *
 * @see bench/active-learning.ts, which it was chosen by
 */
export const mixed: Strategy = async function* (pool, breathe) {
  const places: number[] = []
  for await (const place of sortedPlaces(pool.margins)) {
    places.push(place)
    if (places.length === mostPlaces) break
  }
  const weights = Float32Array.from(places, (place) => {
    const decided = pool.margins[place] as number
    return Number.isNaN(decided) ? 1 : (1 - decided) ** 2
  })
  yield* farthestFirst(pool, places, weights, new Float64Array(places.length).fill(farthest), breathe)
}
