/**
 * Fisher's exact test, two-sided: how probable a table at least as improbable as this one is where rows and columns have nothing to do with each other.
 *
 * @param table counts, as [[right, wrong] of one group, [right, wrong] of the other]
 * @returns 0 to 1
 * @see https://doi.org/10.2307/2340521
 */
export function fisherExactTest(
  table: readonly [readonly [number, number], readonly [number, number]],
): number {
  const [[a, b], [c, d]] = table
  const total = a + b + c + d
  const logFactorials = new Float64Array(total + 1)
  for (let number = 2; number <= total; number += 1)
    logFactorials[number] = (logFactorials[number - 1] as number) + Math.log(number)
  const logChoose = (of: number, chosen: number): number =>
    (logFactorials[of] as number) - (logFactorials[chosen] as number) - (logFactorials[of - chosen] as number)
  const logProbability = (first: number): number =>
    logChoose(a + b, first) + logChoose(c + d, a + c - first) - logChoose(total, a + c)
  // Tables that are equally probable but for rounding count as such.
  const limit = logProbability(a) + 1e-7
  let sum = 0
  for (let first = Math.max(0, a - d); first <= Math.min(a + b, a + c); first += 1) {
    const value = logProbability(first)
    if (value <= limit) sum += Math.exp(value)
  }
  return Math.min(1, sum)
}
