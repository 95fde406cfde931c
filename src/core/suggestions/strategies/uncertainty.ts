import { sortedPlaces } from './sorted-places.ts'
import type { Strategy } from './strategy.ts'

/** Least confident first. @see Lewis, Gale: A sequential algorithm for training text classifiers (1994) */
export const uncertainty: Strategy = ({ probabilities }) => sortedPlaces(probabilities)
