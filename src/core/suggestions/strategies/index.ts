import type { SuggestionStrategy } from '../../../contract/suggestions.ts'
import { diversity } from './diversity.ts'
import { margin } from './margin.ts'
import { mixed } from './mixed.ts'
import { random } from './random.ts'
import type { Strategy } from './strategy.ts'
import { uncertainty } from './uncertainty.ts'

/** Every strategy by its name. */
export const strategies: { readonly [Name in SuggestionStrategy]: Strategy } = {
  mixed,
  uncertainty,
  margin,
  diversity,
  random,
}
