import { createRandom } from '../models/random.ts'
import type { Predictions, Statistic } from './predictions.ts'

/** How a bootstrap is done. */
export interface BootstrapOptions {
  /** Samples drawn. */
  readonly resamples?: number
  readonly seed?: number
}

/** How often each example is drawn in one sample of as many examples, with repetition. */
function drawSample(examples: number, seed: number, item: number): Uint16Array {
  const random = createRandom({ seed, purpose: 'bootstrap', item })
  const multiplicities = new Uint16Array(examples)
  for (let draw = 0; draw < examples; draw += 1) {
    const row = random.integer(examples)
    multiplicities[row] = (multiplicities[row] as number) + 1
  }
  return multiplicities
}

/**
 * 95% intervals of statistics by the percentile bootstrap: the statistic over many samples drawn from the examples with repetition. All
 * statistics see the same samples. Samples where a statistic is not defined are left out of its interval. It pauses after each statistic of a
 * sample, so that whoever runs it can do other work between.
 *
 * @returns `[low, high]` for each statistic, in order; null where it is defined in no sample
 * @see https://doi.org/10.1214/aos/1176344552
 */
export function* bootstrapIntervals(
  predictions: Predictions,
  statistics: readonly Statistic[],
  { resamples = 1000, seed = 0 }: BootstrapOptions = {},
): Generator<undefined, ([number, number] | null)[]> {
  const values = statistics.map(() => [] as number[])
  for (let sample = 0; sample < resamples && predictions.examples > 0; sample += 1) {
    const multiplicities = drawSample(predictions.examples, seed, sample)
    for (const [index, statistic] of statistics.entries()) {
      const value = statistic(predictions, multiplicities)
      if (!Number.isNaN(value)) (values[index] as number[]).push(value)
      yield
    }
  }
  return values.map((found) => {
    if (found.length === 0) return null
    found.sort((a, b) => a - b)
    return [quantile(found, 0.025), quantile(found, 0.975)]
  })
}

/** @param sorted rising, not empty; between two values linear */
function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1)
  const below = Math.floor(place)
  const low = sorted[below] as number
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number
  return low + (high - low) * (place - below)
}
