/** Below this a difference counts as more than noise. */
export const significance = 0.05

/** What McNemar's exact test says of two classifiers on the same examples. */
export interface McnemarResult {
  /** Examples that only the first has right. */
  readonly b: number
  /** Examples that only the second has right. */
  readonly c: number
  /** Two-sided: how probable a difference at least as large is where both are equally good. */
  readonly p: number
}

/**
 * McNemar's test, exact: where both are equally good, the examples that one alone has right fall on either side like a fair coin.
 *
 * @param first for each example whether the first classifier is right
 * @param second the same of the second; of the same length
 * @see https://doi.org/10.1007/BF02295996
 */
export function mcnemarTest(first: readonly boolean[], second: readonly boolean[]): McnemarResult {
  let b = 0
  let c = 0
  first.forEach((right, index) => {
    if (right && second[index] === false) b += 1
    if (!right && second[index] === true) c += 1
  })
  return { b, c, p: Math.min(1, 2 * binomialTail(Math.min(b, c), b + c)) }
}

/** The probability of at most `most` heads in `trials` throws of a fair coin. Logarithms keep it exact where 2^-trials is below the smallest number. */
function binomialTail(most: number, trials: number): number {
  let logTerm = -trials * Math.LN2
  let sum = Math.exp(logTerm)
  for (let heads = 1; heads <= most; heads += 1) {
    logTerm += Math.log((trials - heads + 1) / heads)
    sum += Math.exp(logTerm)
  }
  return sum
}
