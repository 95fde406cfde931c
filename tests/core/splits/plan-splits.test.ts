import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  countUnits,
  planSplits,
  planValidationFromTrain,
  targetCounts,
  type SplitItem,
} from '../../../src/core/splits/plan-splits.ts'

const shares = { validation: 0.15, test: 0.15 }
const keyOf = (index: number) => createHash('sha256').update(`image ${index}`).digest('hex')
const items = (count: number, classes = 3): SplitItem[] =>
  Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    key: keyOf(index),
    stratum: index % classes,
    split: null,
  }))
const apply = (list: SplitItem[], changes: ReturnType<typeof planSplits>) =>
  list.map((item) => ({ ...item, split: changes.get(item.id) ?? item.split }))
const countOf = (list: SplitItem[], split: SplitItem['split'], stratum?: number) =>
  list.filter((item) => item.split === split && (stratum === undefined || item.stratum === stratum)).length

describe('planSplits', () => {
  it('gives every class its shares', () => {
    const placed = apply(items(600), planSplits(items(600), shares, 0, false))
    for (const stratum of [0, 1, 2]) {
      expect(countOf(placed, 'train', stratum)).toBe(140)
      expect(countOf(placed, 'validation', stratum)).toBe(30)
      expect(countOf(placed, 'test', stratum)).toBe(30)
    }
  })

  it('derives from keys and seed alone, not from order or ids', () => {
    const bySplit = (list: SplitItem[], seed: number) => {
      const changes = planSplits(list, shares, seed, false)
      return list
        .map((item) => `${item.key} ${changes.get(item.id)}`)
        .sort()
        .join()
    }
    const shuffled = items(300)
      .reverse()
      .map((item, index) => ({ ...item, id: 9000 + index, stratum: item.stratum + 40 }))
    expect(bySplit(shuffled, 7)).toBe(bySplit(items(300), 7))
    expect(bySplit(items(300), 8)).not.toBe(bySplit(items(300), 7))
  })

  it('moves few images when some are added, and none with keep', () => {
    const before = apply(items(1000), planSplits(items(1000), shares, 0, false))
    const grown = [...before, ...items(1100).slice(1000)]
    const again = planSplits(grown, shares, 0, false)
    const moved = [...again.keys()].filter((id) => id <= 1000)
    expect(moved.length).toBeLessThan(40)

    const kept = planSplits(grown, shares, 0, true)
    expect([...kept.keys()].every((id) => id > 1000)).toBe(true)
    const after = apply(grown, kept)
    expect(countOf(after, null)).toBe(0)
    for (const stratum of [0, 1, 2]) {
      const size = after.filter((item) => item.stratum === stratum).length
      expect(countOf(after, 'test', stratum)).toBe(Math.round(size * 0.15))
      expect(countOf(after, 'validation', stratum)).toBe(Math.round(size * 0.15))
    }
  })

  it('changes nothing the second time', () => {
    const placed = apply(items(100), planSplits(items(100), shares, 3, false))
    expect(planSplits(placed, shares, 3, false).size).toBe(0)
    expect(planSplits(placed, shares, 99, true).size).toBe(0)
  })

  it('with keep only fills up: a class already over its share of test gets no more', () => {
    const list = items(30, 1).map((item, index) => ({
      ...item,
      split: index < 20 ? ('test' as const) : null,
    }))
    const placed = apply(list, planSplits(list, shares, 0, true))
    expect(countOf(placed, 'test')).toBe(20)
    expect(countOf(placed, 'validation')).toBe(5)
    expect(countOf(placed, 'train')).toBe(5)
  })

  it('always leaves an image to train on, with keep too', () => {
    for (let count = 1; count <= 12; count += 1) {
      for (const each of [shares, { validation: 0.45, test: 0.45 }, { validation: 0, test: 0.9 }]) {
        const { validation, test } = targetCounts(count, each)
        expect(validation + test).toBeLessThan(count)
        const placed = apply(items(count, 1), planSplits(items(count, 1), each, 1, false))
        expect(countOf(placed, 'train')).toBeGreaterThan(0)
      }
    }
    const list: SplitItem[] = [
      ...Array.from({ length: 10 }, (_, index) => ({
        id: index,
        key: keyOf(index),
        stratum: 0,
        split: 'test' as const,
      })),
      { id: 10, key: keyOf(10), stratum: 0, split: null },
    ]
    expect(planSplits(list, shares, 0, true)).toEqual(new Map([[10, 'train']]))
  })

  it('gives small classes what there is', () => {
    expect(targetCounts(1, shares)).toEqual({ validation: 0, test: 0 })
    expect(targetCounts(2, shares)).toEqual({ validation: 1, test: 0 })
    expect(targetCounts(3, shares)).toEqual({ validation: 1, test: 1 })
    expect(targetCounts(2, { validation: 0, test: 0.15 })).toEqual({ validation: 0, test: 1 })
    expect(targetCounts(80, shares)).toEqual({ validation: 12, test: 12 })
  })
})

describe('planValidationFromTrain', () => {
  it('takes its share of each class of train, and touches nothing else', () => {
    const list = items(300).map((item, index) => ({
      ...item,
      split: index < 240 ? ('train' as const) : ('test' as const),
    }))
    const changes = planValidationFromTrain(list, 0.15, 0)
    expect([...changes.values()].every((split) => split === 'validation')).toBe(true)
    expect([...changes.keys()].every((id) => id <= 240)).toBe(true)
    const placed = apply(list, changes)
    for (const stratum of [0, 1, 2]) expect(countOf(placed, 'validation', stratum)).toBe(12)
  })
})

describe('groups', () => {
  /** Every third item is of a group of three with the two before it. */
  const grouped = (count: number, classes = 2) =>
    items(count, classes).map((item, index) => ({ ...item, group: Math.floor(index / 3) }))
  const sidesOf = (list: SplitItem[]) => {
    const sides = new Map<number, Set<SplitItem['split']>>()
    for (const { group = -1, split } of list) sides.set(group, (sides.get(group) ?? new Set()).add(split))
    return [...sides.values()]
  }

  it('stay on one side, whatever the classes of their images, and give every class about its shares', () => {
    const placed = apply(grouped(600), planSplits(grouped(600), shares, 0, false))
    expect(sidesOf(placed).every((sides) => sides.size === 1)).toBe(true)
    expect(countUnits(placed)).toBe(200)
    for (const split of ['validation', 'test'] as const) {
      expect(countOf(placed, split)).toBeGreaterThan(75)
      expect(countOf(placed, split)).toBeLessThan(105)
    }
  })

  it('derive their place from their keys alone, so that few move when images are added', () => {
    const before = apply(grouped(900), planSplits(grouped(900), shares, 0, false))
    const grown = [...before, ...grouped(990).slice(900)]
    const moved = [...planSplits(grown, shares, 0, false).keys()].filter((id) => id <= 900)
    expect(moved.length).toBeLessThan(60)
  })

  it('that are placed take in what joins them, however full that side is', () => {
    const placed = apply(grouped(300), planSplits(grouped(300), shares, 0, false))
    const joining = items(320)
      .slice(300)
      .map((item, index) => ({ ...item, group: index * 4 }))
    const after = apply([...placed, ...joining], planSplits([...placed, ...joining], shares, 0, true))
    for (const { group, split } of after.filter(({ id }) => id > 300)) {
      expect(split).toBe(placed.find((item) => item.group === group)?.split)
    }
    expect(planSplits(after, shares, 5, true).size).toBe(0)
  })

  it('that are larger than a share leave it to others', () => {
    const list = items(40, 1).map((item, index) => ({ ...item, group: index < 20 ? 1 : undefined }))
    const placed = apply(list, planSplits(list, shares, 0, false))
    expect(sidesOf(placed.filter(({ group }) => group === 1))).toEqual([new Set(['train'])])
    expect(countOf(placed, 'test')).toBe(6)
    expect(countOf(placed, 'validation')).toBe(6)
  })

  it('leave something to train on', () => {
    const list = items(6, 1).map((item) => ({ ...item, group: 1 }))
    expect(countOf(apply(list, planSplits(list, { validation: 0.45, test: 0.45 }, 0, false)), 'train')).toBe(
      6,
    )
  })
})
