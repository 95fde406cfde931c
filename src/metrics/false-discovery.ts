/**
 * P values of several tests, corrected by Benjamini and Hochberg's method: of those that are then below a limit, at most that share is expected to be
 * by chance.
 *
 * @param values p values, in any order
 * @returns in the same order, 0 to 1
 * @see https://doi.org/10.1111/j.2517-6161.1995.tb02031.x
 */
export function adjustForDiscoveries(values: readonly number[]): number[] {
  const falling = values
    .map((_, index) => index)
    .sort((a, b) => (values[b] as number) - (values[a] as number))
  const adjusted = new Array<number>(values.length).fill(1)
  let least = 1
  falling.forEach((index, place) => {
    least = Math.min(least, ((values[index] as number) * values.length) / (values.length - place))
    adjusted[index] = least
  })
  return adjusted
}
