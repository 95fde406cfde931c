import { createRandom } from '../../models/random.ts'

/**
 * Deals rows to folds, each class evenly.
 *
 * @param labels class indexes of the rows
 * @returns rows of each fold, ascending; a fold without any is left out
 */
export function dealFolds(labels: readonly number[], folds: number): number[][] {
  const dealt: number[][] = Array.from({ length: folds }, () => [])
  let next = 0
  // One class goes on where the last ended, so that small classes do not all land in the first fold.
  for (const rows of shuffledByClass(
    labels.map((_, row) => row),
    labels,
  )) {
    for (const row of rows) {
      dealt[next % folds]?.push(row)
      next += 1
    }
  }
  return dealt.filter((rows) => rows.length > 0).map((rows) => rows.sort((a, b) => a - b))
}

/** A share of `rows`, of each class alike and at least one; a larger share holds what a smaller one does. */
export function stratifiedPart(rows: readonly number[], labels: readonly number[], share: number): number[] {
  return shuffledByClass(rows, labels)
    .flatMap((members) => members.slice(0, Math.max(1, Math.round(members.length * share))))
    .sort((a, b) => a - b)
}

function shuffledByClass(rows: readonly number[], labels: readonly number[]): number[][] {
  const byClass = new Map<number, number[]>()
  for (const row of rows) {
    const label = labels[row] as number
    const members = byClass.get(label)
    if (members) members.push(row)
    else byClass.set(label, [row])
  }
  return [...byClass]
    .sort(([a], [b]) => a - b)
    .map(([label, members]) => {
      const order = createRandom({ seed: 0, purpose: 'folds', item: label }).permutation(members.length)
      return Array.from(order, (place) => members[place] as number)
    })
}
