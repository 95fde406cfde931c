import { hash } from 'node:crypto'
import type { Split } from '../../contract/entities.ts'

/** An image as a split sees it. Those of one `stratum` (class) are shared out among the splits in proportion. */
export interface SplitItem {
  id: number
  /** What its place derives from: content hash, or relative path while that is not known. Never an id or a time. */
  key: string
  stratum: number
  split: Split | null
}

export interface SplitShares {
  /** 0 to 0.9 of each class. */
  validation: number
  test: number
}

/**
 * Places images: a pseudo-random rank of (seed, key) orders each class, the lowest ranks are test, the highest
 * validation, the rest train. So the same images give the same split in any order and project, and when images are
 * added, only those near the two borders move.
 * @param keep only places items without a split, filling each class up towards its shares
 * @returns the items whose split is another now, by id
 */
export function planSplits(
  items: readonly SplitItem[],
  shares: SplitShares,
  seed: number,
  keep: boolean,
): Map<number, Split> {
  const changes = new Map<number, Split>()
  for (const members of byStratum(items).values()) {
    const targets = targetCounts(members.length, shares)
    const kept = (split: Split) => (keep ? members.filter((item) => item.split === split).length : 0)
    const open = rank(keep ? members.filter((item) => item.split === null) : members, seed)
    let test = Math.min(Math.max(targets.test - kept('test'), 0), open.length)
    let validation = Math.min(Math.max(targets.validation - kept('validation'), 0), open.length - test)
    // Nothing can be learnt of a class that has no image in train.
    if (open.length > 0 && kept('train') === 0 && test + validation === open.length) {
      if (validation > 0) validation -= 1
      else test -= 1
    }
    open.forEach((item, index) => {
      const split: Split = index < test ? 'test' : index >= open.length - validation ? 'validation' : 'train'
      if (split !== item.split) changes.set(item.id, split)
    })
  }
  return changes
}

/** How many of a class of `count` images each split gets: at least one where the class has three or more, train always one. */
export function targetCounts(count: number, shares: SplitShares): { validation: number; test: number } {
  const share = (fraction: number) => (fraction === 0 ? 0 : Math.max(1, Math.round(count * fraction)))
  let validation = share(shares.validation)
  let test = share(shares.test)
  while (validation + test > Math.max(0, count - 1)) {
    // Of a class of two, the second image is better spent on validation, which training needs.
    if (test >= validation) test -= 1
    else validation -= 1
  }
  return { validation, test }
}

/** Takes `share` of each class's train images for validation. */
export function planValidationFromTrain(
  items: readonly SplitItem[],
  share: number,
  seed: number,
): Map<number, Split> {
  const train = items.filter((item) => item.split === 'train').map((item) => ({ ...item, split: null }))
  const placed = planSplits(train, { validation: share, test: 0 }, seed, true)
  return new Map([...placed].filter(([, split]) => split === 'validation'))
}

function byStratum(items: readonly SplitItem[]): Map<number, SplitItem[]> {
  const strata = new Map<number, SplitItem[]>()
  for (const item of items) {
    const members = strata.get(item.stratum)
    if (members) members.push(item)
    else strata.set(item.stratum, [item])
  }
  return strata
}

function rank(items: readonly SplitItem[], seed: number): SplitItem[] {
  return items
    .map((item) => ({ item, rank: hash('sha256', `${seed}\0${item.key}`, 'hex') }))
    .sort((a, b) => (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : 0))
    .map(({ item }) => item)
}
