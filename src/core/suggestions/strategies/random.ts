import { createRandom } from '../../../models/random.ts'
import type { Strategy } from './strategy.ts'

/** In an order drawn by the seed. */
export const random: Strategy = async function* ({ size, seed }) {
  yield* createRandom({ seed, purpose: 'suggest' }).permutation(size)
}
