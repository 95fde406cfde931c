import { sortedPlaces } from './sorted-places.ts'
import type { Strategy } from './strategy.ts'

/** Those first between whose two likeliest classes least is decided. @see Scheffer, Decomain, Wrobel: Active hidden Markov models (2001) */
export const margin: Strategy = ({ margins }) => sortedPlaces(margins)
