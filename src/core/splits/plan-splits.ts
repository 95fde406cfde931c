import { hash } from 'node:crypto'
import { splitNames, type Split } from '../../contract/entities.ts'

/** An image as a split sees it. Those of one `stratum` (class) are shared out among the splits in proportion. */
export interface SplitItem {
  id: number
  /** What its place derives from: content hash, or relative path while that is not known. Never an id or a time. */
  key: string
  stratum: number
  split: Split | null
  /** Items of one group show the same, and stay on one side; absent: it is alone. Any number, the same for all of the group. */
  group?: number | undefined
}

export interface SplitShares {
  /** 0 to 0.9 of each class. */
  validation: number
  test: number
}

/** Items that are placed together. */
interface SplitUnit {
  /** The least of its items'. */
  key: string
  /** Of the item with that key. */
  stratum: number
  items: SplitItem[]
}

/**
 * Places images: a pseudo-random rank of (seed, key) orders each class, the lowest ranks are test, the highest
 * validation, the rest train. So the same images give the same split in any order and project, and when images are
 * added, only those near the two borders move. A group has one rank, and counts for all of its images; one that would go far
 * over a share is left to train.
 * @param keep only places items without a split, filling each class up towards its shares; one whose group is placed follows it
 * @returns the items whose split is another now, by id
 */
export function planSplits(
  items: readonly SplitItem[],
  shares: SplitShares,
  seed: number,
  keep: boolean,
): Map<number, Split> {
  const changes = new Map<number, Split>()
  const place = (unit: readonly SplitItem[], split: Split): void => {
    for (const item of unit) if (split !== item.split) changes.set(item.id, split)
  }
  const strata = new Map<number, SplitUnit[]>()
  for (const unit of toUnits(items)) {
    const units = strata.get(unit.stratum)
    if (units) units.push(unit)
    else strata.set(unit.stratum, [unit])
  }
  for (const units of strata.values()) {
    const kept = { train: 0, validation: 0, test: 0 }
    let open: SplitUnit[] = []
    for (const unit of units) {
      const split = keep ? splitOfMost(unit.items) : null
      if (split === null) open.push(unit)
      else {
        const loose = unit.items.filter((item) => item.split === null)
        for (const item of unit.items) kept[item.split ?? split] += 1
        place(loose, split)
      }
    }
    open = rank(open, seed)
    const targets = targetCounts(countItems(units), shares)
    const test = take(open, Math.max(targets.test - kept.test, 0))
    const tested = new Set(test)
    const others = open.filter((unit) => !tested.has(unit)).reverse()
    const validation = take(others, Math.max(targets.validation - kept.validation, 0))
    // Nothing can be learnt of a class that has no image in train.
    if (open.length > 0 && kept.train === 0 && test.length + validation.length === open.length) {
      ;(validation.length > 0 ? validation : test).pop()
    }
    const splits = new Map<SplitUnit, Split>([
      ...test.map((unit) => [unit, 'test'] as const),
      ...validation.map((unit) => [unit, 'validation'] as const),
    ])
    for (const unit of open) place(unit.items, splits.get(unit) ?? 'train')
  }
  return changes
}

/** How many units the items are: groups, and items that are alone. */
export function countUnits(items: readonly SplitItem[]): number {
  return toUnits(items).length
}

function toUnits(items: readonly SplitItem[]): SplitUnit[] {
  const units: SplitUnit[] = []
  const groups = new Map<number, SplitUnit>()
  for (const item of items) {
    const known = item.group === undefined ? undefined : groups.get(item.group)
    if (!known) {
      const unit = { key: item.key, stratum: item.stratum, items: [item] }
      units.push(unit)
      if (item.group !== undefined) groups.set(item.group, unit)
      continue
    }
    known.items.push(item)
    if (item.key < known.key) {
      known.key = item.key
      known.stratum = item.stratum
    }
  }
  return units
}

const countItems = (units: readonly SplitUnit[]): number =>
  units.reduce((sum, unit) => sum + unit.items.length, 0)

/** Units from the front on, of about `count` items together: each that brings the sum nearer to it. */
function take(units: readonly SplitUnit[], count: number): SplitUnit[] {
  const taken: SplitUnit[] = []
  let sum = 0
  for (const unit of units) {
    if (sum >= count) break
    if (sum + unit.items.length / 2 > count) continue
    taken.push(unit)
    sum += unit.items.length
  }
  return taken
}

/** Where most of the placed items are; the first of train, validation and test where that is equal; null where none is placed. */
function splitOfMost(items: readonly SplitItem[]): Split | null {
  let most: Split | null = null
  let mostCount = 0
  for (const split of splitNames) {
    const count = items.filter((item) => item.split === split).length
    if (count > mostCount) {
      most = split
      mostCount = count
    }
  }
  return most
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

function rank(units: readonly SplitUnit[], seed: number): SplitUnit[] {
  return units
    .map((unit) => ({ unit, rank: hash('sha256', `${seed}\0${unit.key}`, 'hex') }))
    .sort((a, b) => (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : 0))
    .map(({ unit }) => unit)
}
