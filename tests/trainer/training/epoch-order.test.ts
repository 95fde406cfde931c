import { describe, expect, it } from 'vitest'
import { epochOrder } from '../../../src/trainer/training/epoch-order.ts'

const positions = Array.from({ length: 103 }, (_, index) => index * 2)
/** 98 of class 0, 4 of class 2, 1 of class 5. */
const labels: number[] = []
positions.forEach((position, index) => (labels[position] = index < 98 ? 0 : index < 102 ? 2 : 5))
const sorted = (order: readonly number[]) => [...order].sort((a, b) => a - b)

describe('the order of an epoch', () => {
  it('meets every image once, in another order each epoch and for each seed', () => {
    const plan = { sampling: 'shuffle', seed: 4 } as const
    const first = epochOrder(plan, positions, labels, 1)
    expect(sorted(first)).toEqual(positions)
    expect(epochOrder(plan, positions, labels, 1)).toEqual(first)
    expect(epochOrder(plan, positions, labels, 2)).not.toEqual(first)
    expect(epochOrder({ ...plan, seed: 5 }, positions, labels, 1)).not.toEqual(first)
  })

  it('balanced: every class equally often, all images of a class before any comes again', () => {
    const plan = { sampling: 'balanced', seed: 4 } as const
    const withOneMore = new Set<number>()
    for (let epoch = 1; epoch <= 20; epoch += 1) {
      const order = epochOrder(plan, positions, labels, epoch)
      expect(order).toHaveLength(positions.length)
      const counts = new Map([0, 2, 5].map((label) => [label, 0]))
      for (const position of order) counts.set(labels[position]!, counts.get(labels[position]!)! + 1)
      expect(sorted([...counts.values()])).toEqual([34, 34, 35])
      withOneMore.add([...counts].find(([, count]) => count === 35)![0])
      const small = order.filter((position) => labels[position] === 2)
      const times = [196, 198, 200, 202].map((position) => small.filter((one) => one === position).length)
      expect(Math.max(...times) - Math.min(...times)).toBeLessThanOrEqual(1)
      const large = order.filter((position) => labels[position] === 0)
      expect(new Set(large).size).toBe(large.length)
    }
    expect(withOneMore.size).toBeGreaterThan(1)
  })
})
