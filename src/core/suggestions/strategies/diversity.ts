import { createRandom } from '../../../models/random.ts'
import { squaredDistance } from './distances.ts'
import { farthestFirst } from './farthest-first.ts'
import type { Strategy } from './strategy.ts'

/** Of larger pools a drawn part is looked at: a k-centre of it is one of the whole but for little. */
const mostPlaces = 5000
const mostLabelled = 500
/** What no two rows of length 1 exceed. */
const farthest = 4
const placesBetweenBreaths = 50

/**
 * Farthest first from what is labelled and what was given: the greedy k-centre, which asks nothing of a head.
 *
 * @see Sener, Savarese: Active learning for convolutional neural networks: a core-set approach (2018), https://arxiv.org/abs/1708.00489
 */
export const diversity: Strategy = async function* (pool, breathe) {
  const { size, features, labelledFeatures, width, seed } = pool
  const places = drawn(size, mostPlaces, seed)
  const labelled = drawn(labelledFeatures.length / width, mostLabelled, seed)
  const distances = new Float64Array(places.length).fill(farthest)
  for (const [index, place] of places.entries()) {
    for (const row of labelled) {
      const distance = squaredDistance(features, place, labelledFeatures, row, width)
      if (distance < (distances[index] as number)) distances[index] = distance
    }
    if (index % placesBetweenBreaths === 0) await breathe()
  }
  yield* farthestFirst(pool, places, new Float32Array(places.length).fill(1), distances, breathe)
}

function drawn(size: number, most: number, seed: number): number[] {
  return [...createRandom({ seed, purpose: 'suggest' }).permutation(size).subarray(0, most)]
}
