/** The images that a strategy chooses from. All arrays are in their order; places are indexes into it. */
export interface SuggestionPool {
  readonly size: number
  /** Of the likeliest class; NaN where nothing is predicted. */
  readonly probabilities: Float32Array
  /** By how much it exceeds the second likeliest; NaN likewise. */
  readonly margins: Float32Array
  /** `[size, width]`, rows of length about 1; NaN where there are none. */
  readonly features: Float32Array
  /** `[labelled images, width]` likewise. */
  readonly labelledFeatures: Float32Array
  readonly width: number
  /** Of strategies that draw. */
  readonly seed: number
}

/**
 * Gives the places of a pool in the order in which to label them, as far as it is asked.
 *
 * @param breathe is waited for between pieces of work of some milliseconds
 */
export type Strategy = (pool: SuggestionPool, breathe: () => Promise<void>) => AsyncIterable<number>
