import { describe, expect, it } from 'vitest'
import { mixBatch, type MixableBatch } from '../../src/ml/mix-batch.ts'

const rows = 4
const classes = 2
const shape = [6, 5, 1]
const length = 30

/** Row r holds nothing but r + 1; its target is its label. */
function batch(): MixableBatch {
  const labels = [0, 1, 1, 0]
  const targets = new Float32Array(rows * classes)
  labels.forEach((label, row) => (targets[row * classes + label] = 0.25))
  return {
    input: Float32Array.from({ length: rows * length }, (_, index) => Math.floor(index / length) + 1),
    shape,
    rows,
    targets,
    labels,
  }
}
const keys = Array.from({ length: 200 }, (_, step) => ({ seed: 3, step }))
const rowOf = (mixed: MixableBatch, row: number) => mixed.input.subarray(row * length, (row + 1) * length)

describe('mixBatch', () => {
  it('leaves a batch alone where nothing is to be mixed, or nothing is there to mix with', () => {
    const plain = batch()
    expect(mixBatch(plain, { mixup: 0, cutmix: 0 }, keys[0]!)).toBe(plain)
    const one = { ...plain, rows: 1 }
    expect(mixBatch(one, { mixup: 1, cutmix: 1 }, keys[0]!)).toBe(one)
  })

  it('mixup blends two examples and their targets by one share', () => {
    for (const key of keys.slice(0, 20)) {
      const mixed = mixBatch(batch(), { mixup: 1, cutmix: 0 }, key)
      for (let row = 0; row < rows; row += 1) {
        const values = rowOf(mixed, row)
        expect(new Set(values).size).toBe(1)
        expect(values[0]).toBeGreaterThanOrEqual(1)
        expect(values[0]).toBeLessThanOrEqual(rows)
        const [first = 0, second = 0] = mixed.targets.subarray(row * classes)
        expect(first + second).toBeCloseTo(0.25, 6)
      }
      // Every example is used as the other of one.
      const sum = mixed.input.reduce((total, value) => total + value, 0)
      expect(sum).toBeCloseTo(length * (1 + 2 + 3 + 4), 2)
    }
  })

  it('draws shares of Beta(alpha, alpha): mean 1/2, variance 1 / (4 (2 alpha + 1))', () => {
    for (const alpha of [0.2, 1, 4]) {
      const shares = Array.from({ length: 4000 }, (_, step) => {
        const pair = { ...batch(), rows: 2, labels: [0, 1], targets: Float32Array.of(1, 0, 0, 1) }
        const mixed = mixBatch(
          { ...pair, input: Float32Array.of(0, 1), shape: [1] },
          { mixup: alpha, cutmix: 0 },
          { seed: 1, step },
        )
        return mixed.input[0]!
      }).filter((share) => share > 0)
      // Of a pair, half of the permutations change nothing; the others give 1 - share.
      const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length
      const variance = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / shares.length
      expect(mean).toBeCloseTo(0.5, 1)
      expect(variance).toBeCloseTo(1 / (4 * (2 * alpha + 1)), 1)
    }
  })

  it('cutmix pastes one rectangle, and shares targets by its area', () => {
    let pasted = 0
    for (const key of keys) {
      const mixed = mixBatch(batch(), { mixup: 0, cutmix: 1 }, key)
      for (let row = 0; row < rows; row += 1) {
        const values = [...rowOf(mixed, row)]
        const foreign = values.flatMap((value, at) => (value === row + 1 ? [] : [at]))
        expect(new Set(values).size).toBeLessThanOrEqual(2)
        const columns = new Set(foreign.map((at) => at % 5)).size
        const lines = new Set(foreign.map((at) => Math.floor(at / 5))).size
        expect(foreign).toHaveLength(columns * lines)
        if (foreign.length === 0) continue
        pasted += 1
        const other = values[foreign[0]!]! - 1
        const share = 1 - foreign.length / length
        const { labels } = batch()
        const own = mixed.targets[row * classes + labels[row]!]!
        expect(own).toBeCloseTo(labels[other] === labels[row] ? 0.25 : 0.25 * share, 6)
        expect(mixed.labels[row]).toBe(share >= 0.5 ? labels[row] : labels[other])
      }
    }
    expect(pasted).toBeGreaterThan(100)
  })

  it('takes one of both at random where both are asked for, and the same again for the same key', () => {
    const kinds = keys.map((key) => {
      const mixed = mixBatch(batch(), { mixup: 1, cutmix: 1 }, key)
      expect(mixBatch(batch(), { mixup: 1, cutmix: 1 }, key)).toEqual(mixed)
      return [...mixed.input].every(Number.isInteger)
    })
    const cuts = kinds.filter(Boolean).length
    expect(cuts).toBeGreaterThan(60)
    expect(cuts).toBeLessThan(140)
  })
})
