import { rowTotals, scaleConfusion } from '../../../reports/charts/confusion.ts'

/** Orders of the classes of a confusion matrix: as the run has them, by number of examples, or confused ones together. */
export const confusionOrders = ['class', 'support', 'cluster'] as const
export type ConfusionOrder = (typeof confusionOrders)[number]

/** @returns class indexes in the order asked for */
export function orderClasses(matrix: readonly (readonly number[])[], order: ConfusionOrder): number[] {
  const indexes = matrix.map((_, index) => index)
  if (order === 'class') return indexes
  if (order === 'cluster') return seriate(matrix)
  const totals = rowTotals(matrix)
  return indexes.sort((a, b) => (totals[b] ?? 0) - (totals[a] ?? 0) || a - b)
}

/** Rows and columns in a new order. */
export function permuteConfusion(
  matrix: readonly (readonly number[])[],
  order: readonly number[],
): number[][] {
  return order.map((row) => order.map((column) => matrix[row]?.[column] ?? 0))
}

/**
 * An order in which classes that are taken for each other stand together: average-linkage clustering by the mean share of mistakes between two
 * classes, found by chains of nearest neighbours in time quadratic in the classes; each two clusters are joined by the ends that are most alike.
 *
 * @see https://doi.org/10.1093/comjnl/26.4.354 (nearest-neighbour chains)
 * @see https://doi.org/10.1111/j.2044-8317.1972.tb00494.x (joining by ends)
 */
function seriate(matrix: readonly (readonly number[])[]): number[] {
  const shares = scaleConfusion(matrix, 'rows')
  const count = matrix.length
  const between = (a: number, b: number): number => ((shares[a]?.[b] ?? 0) + (shares[b]?.[a] ?? 0)) / 2
  /** Of clusters, by the index of one of their classes. */
  const likeness = matrix.map((_, a) => Float64Array.from({ length: count }, (__, b) => between(a, b)))
  const members: (number[] | null)[] = matrix.map((_, index) => [index])
  const chain: number[] = []
  for (let merged = 0; merged < count - 1;) {
    if (chain.length === 0) chain.push(members.findIndex((found) => found !== null))
    const top = chain[chain.length - 1] as number
    const before = chain[chain.length - 2]
    let nearest = -1
    for (let other = 0; other < count; other += 1) {
      if (other === top || members[other] === null) continue
      const value = likeness[top]?.[other] as number
      const best = nearest < 0 ? -Infinity : (likeness[top]?.[nearest] as number)
      // Of equals the one before it in the chain, so that the chain ends.
      if (value > best || (value === best && other === before)) nearest = other
    }
    if (nearest !== before) {
      chain.push(nearest)
      continue
    }
    chain.length -= 2
    const [kept, gone] = nearest < top ? [nearest, top] : [top, nearest]
    const first = members[kept] as number[]
    const second = members[gone] as number[]
    for (let other = 0; other < count; other += 1) {
      if (members[other] === null || other === kept || other === gone) continue
      const mean =
        ((likeness[kept]?.[other] as number) * first.length +
          (likeness[gone]?.[other] as number) * second.length) /
        (first.length + second.length)
      ;(likeness[kept] as Float64Array)[other] = mean
      ;(likeness[other] as Float64Array)[kept] = mean
    }
    members[kept] = joinByEnds(first, second, between)
    members[gone] = null
    merged += 1
  }
  return members.find((found) => found !== null) ?? []
}

function joinByEnds(
  first: readonly number[],
  second: readonly number[],
  likeness: (a: number, b: number) => number,
): number[] {
  const turnedFirst = first.toReversed()
  const turnedSecond = second.toReversed()
  const ways = [
    [first, second],
    [turnedFirst, second],
    [first, turnedSecond],
    [turnedFirst, turnedSecond],
  ] as const
  let best = ways[0]
  let most = -Infinity
  for (const way of ways) {
    const value = likeness(way[0].at(-1) as number, way[1][0] as number)
    if (value > most) [best, most] = [way, value]
  }
  return [...best[0], ...best[1]]
}
