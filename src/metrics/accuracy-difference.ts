/** How two classifiers' accuracies differ on the same examples. */
export interface AccuracyDifference {
  /** The second's accuracy less the first's, -1 to 1. */
  readonly difference: number
  /** 95% interval of it by the paired bootstrap. */
  readonly interval95: readonly [number, number]
}

/** Terms further from the most probable one than so many standard deviations are below 1e-15 of all. */
const deviations = 9

/**
 * The difference of two accuracies on the same examples with the interval of the paired percentile bootstrap, exact: a sample drawn from the
 * examples with repetition holds each kind of example (only the first right, only the second, no difference) as often as a multinomial
 * distribution has it, so that the interval is that of infinitely many samples.
 *
 * @param b examples that only the first has right
 * @param c examples that only the second has right
 * @param examples all of them, at least 1 and at least `b + c`
 * @see https://doi.org/10.1214/aos/1176344552 (Efron's bootstrap)
 */
export function accuracyDifference(b: number, c: number, examples: number): AccuracyDifference {
  const difference = (c - b) / examples
  if (b + c === 0) return { difference, interval95: [0, 0] }
  const weights = weightsOfDifferences(b, c, examples)
  const total = weights.reduce((sum, [, weight]) => sum + weight, 0)
  const quantile = (share: number): number => {
    let sum = 0
    for (const [value, weight] of weights) {
      sum += weight
      if (sum >= share * total) return value / examples
    }
    return (weights.at(-1)?.[0] ?? 0) / examples
  }
  return { difference, interval95: [quantile(0.025), quantile(0.975)] }
}

/** How probable each number of examples is by which the second can be ahead in a sample, rising, up to a common factor. */
function weightsOfDifferences(b: number, c: number, examples: number): [number, number][] {
  const logFactorials = new Float64Array(examples + 1)
  for (let number = 2; number <= examples; number += 1) {
    logFactorials[number] = (logFactorials[number - 1] as number) + Math.log(number)
  }
  const logOf = (count: number): number => Math.log(count / examples)
  const [logB, logC, logSame] = [logOf(b), logOf(c), logOf(examples - b - c)]
  /** `power * log`, where 0 times the logarithm of 0 is 0. */
  const logPower = (power: number, log: number): number => (power === 0 ? 0 : power * log)
  const around = (mean: number, variance: number): [number, number] => {
    const reach = Math.ceil(deviations * Math.sqrt(variance)) + 1
    return [Math.max(0, mean - reach), Math.min(examples, mean + reach)]
  }
  const [firstB, lastB] = around(b, (b * (examples - b)) / examples)
  const [firstC, lastC] = around(c, (c * (examples - c)) / examples)
  const byDifference = new Map<number, number>()
  for (let onlyFirst = firstB; onlyFirst <= lastB; onlyFirst += 1) {
    for (let onlySecond = firstC; onlySecond <= Math.min(lastC, examples - onlyFirst); onlySecond += 1) {
      const same = examples - onlyFirst - onlySecond
      const logWeight =
        (logFactorials[examples] as number) -
        (logFactorials[onlyFirst] as number) -
        (logFactorials[onlySecond] as number) -
        (logFactorials[same] as number) +
        logPower(onlyFirst, logB) +
        logPower(onlySecond, logC) +
        logPower(same, logSame)
      const ahead = onlySecond - onlyFirst
      byDifference.set(ahead, (byDifference.get(ahead) ?? 0) + Math.exp(logWeight))
    }
  }
  return [...byDifference].sort(([left], [right]) => left - right)
}
