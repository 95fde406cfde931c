import { createRandom } from '../../models/random.ts'

interface FoldOptions {
  /** Of the order in which rows are dealt. */
  readonly seed?: number
  /** Of each row: rows with the same number stay in one fold. Absent: each row by itself. */
  readonly groups?: readonly number[]
}

/**
 * Deals rows to folds, each class evenly. Rows that stay together go by the class of the first of them.
 *
 * @param labels class indexes of the rows
 * @returns rows of each fold, ascending; a fold without any is left out
 */
export function dealFolds(
  labels: readonly number[],
  folds: number,
  { seed = 0, groups }: FoldOptions = {},
): number[][] {
  const members = new Map<number, number[]>()
  labels.forEach((_, row) => {
    const group = groups?.[row] ?? row
    const known = members.get(group)
    if (known) known.push(row)
    else members.set(group, [row])
  })
  const firsts = [...members.values()].map(([first]) => first as number)
  const groupOf = (row: number): number[] => members.get(groups?.[row] ?? row) ?? []
  const dealt: number[][] = Array.from({ length: folds }, () => [])
  for (const rows of shuffledByClass(firsts, labels, seed)) {
    const ofClass = new Array<number>(folds).fill(0)
    for (const row of rows) {
      // Of folds with as many of the class the smallest, so that small classes do not all land in the first.
      let target = 0
      for (let fold = 1; fold < folds; fold += 1) {
        const fewer = (ofClass[fold] as number) - (ofClass[target] as number)
        if (fewer < 0 || (fewer === 0 && sizeOf(dealt, fold) < sizeOf(dealt, target))) target = fold
      }
      const group = groupOf(row)
      ofClass[target] = (ofClass[target] as number) + group.length
      dealt[target]?.push(...group)
    }
  }
  return dealt.filter((rows) => rows.length > 0).map((rows) => rows.sort((a, b) => a - b))
}

function sizeOf(dealt: readonly (readonly number[])[], fold: number): number {
  return dealt[fold]?.length ?? 0
}

/** A share of `rows`, of each class alike and at least one; a larger share holds what a smaller one does. */
export function stratifiedPart(rows: readonly number[], labels: readonly number[], share: number): number[] {
  return shuffledByClass(rows, labels)
    .flatMap((members) => members.slice(0, Math.max(1, Math.round(members.length * share))))
    .sort((a, b) => a - b)
}

function shuffledByClass(rows: readonly number[], labels: readonly number[], seed = 0): number[][] {
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
      const order = createRandom({ seed, purpose: 'folds', item: label }).permutation(members.length)
      return Array.from(order, (place) => members[place] as number)
    })
}
