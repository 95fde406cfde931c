import { describe, expect, it } from 'vitest'
import { findNearest } from '../../../src/core/hygiene/find-nearest.ts'
import { createRandom } from '../../../src/models/random.ts'

const width = 3
const { normal } = createRandom({ seed: 3, purpose: 'test' })
const features = Float32Array.from({ length: 200 * width }, () => normal())
const rows = Int32Array.from({ length: 150 }, (_, index) => index)

/** By sorting all of them. */
function sortedNeighbours(row: number, among: Int32Array, count: number): number[] {
  const distanceTo = (other: number) =>
    [0, 1, 2].reduce(
      (sum, axis) =>
        sum + ((features[row * width + axis] as number) - (features[other * width + axis] as number)) ** 2,
      0,
    )
  return [...among]
    .filter((other) => other !== row)
    .sort((a, b) => distanceTo(a) - distanceTo(b))
    .slice(0, count)
}

describe('the nearest rows', () => {
  it('are those of a full sort, of the rows asked for alone', () => {
    const nearest = findNearest(features, width, rows, { count: 6 })
    for (const row of [0, 77, 149]) {
      expect([...nearest.subarray(row * 6, (row + 1) * 6)]).toEqual(sortedNeighbours(row, rows, 6))
    }
  })

  it('are -1 where there are no more', () => {
    const nearest = findNearest(features, width, rows.subarray(0, 3), { count: 4 })
    expect([...nearest.subarray(0, 4)].filter((other) => other < 0)).toHaveLength(2)
    expect([...nearest.subarray(0, 2)].sort()).toEqual([1, 2])
  })

  it('are of a part of many, the same each time', () => {
    const told: number[] = []
    const options = { count: 3, mostCandidates: 20, onProgress: (done: number) => told.push(done) }
    const nearest = findNearest(features, width, rows, options)
    expect(new Set(nearest).size).toBeLessThanOrEqual(20)
    expect(findNearest(features, width, rows, options)).toEqual(nearest)
    expect(told.at(-1)).toBe(150)
  })
})
