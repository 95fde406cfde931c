import { squaredDistance } from './distances.ts'
import type { SuggestionPool } from './strategy.ts'

/** Some milliseconds' worth. */
const rowsBetweenBreaths = 4000

/**
 * Takes places greedily: always the one with the greatest product of its weight and its distance to the nearest that was taken.
 *
 * @param places those to take from
 * @param weights `[places.length]`
 * @param distances `[places.length]`: squared, to what was taken before; changed
 */
export async function* farthestFirst(
  { features, width }: Pick<SuggestionPool, 'features' | 'width'>,
  places: readonly number[],
  weights: Float32Array,
  distances: Float64Array,
  breathe: () => Promise<void>,
): AsyncGenerator<number> {
  const left = places.map((_, index) => index)
  let compared = 0
  while (left.length > 0) {
    let best = 0
    let most = -1
    left.forEach((index, at) => {
      const worth = (weights[index] as number) * Math.sqrt(distances[index] as number)
      if (worth > most) {
        most = worth
        best = at
      }
    })
    const index = left[best] as number
    left[best] = left.at(-1) as number
    left.pop()
    const place = places[index] as number
    yield place
    for (const other of left) {
      const distance = squaredDistance(features, places[other] as number, features, place, width)
      // An image without features is as far from all as it can be.
      if (distance < (distances[other] as number)) distances[other] = distance
    }
    compared += left.length
    if (compared >= rowsBetweenBreaths) {
      compared = 0
      await breathe()
    }
  }
}
