import { describe, expect, it } from 'vitest'
import { occlude, occlusionMap, planOcclusion } from '../../../src/ml/explain/occlusion.ts'

describe('occlusion', () => {
  it('covers the whole image with patches that overlap by half', () => {
    const { cells, patches } = planOcclusion(224)
    expect(cells).toBe(14)
    expect(patches).toHaveLength(13 * 13)
    expect(patches[0]).toEqual({ top: 0, left: 0, side: 32 })
    expect(patches[1]).toEqual({ top: 0, left: 16, side: 32 })
    expect(patches.at(-1)).toEqual({ top: 192, left: 192, side: 32 })
  })

  it.each([2, 5, 32, 97])('leaves no pixel of an image of %i uncovered', (size) => {
    const pixels = new Uint8Array(size * size * 3)
    const covered = new Uint8Array(size * size * 3)
    for (const patch of planOcclusion(size).patches) {
      occlude(pixels, size, patch).forEach((value, index) => (covered[index] ||= value))
    }
    expect(covered.every((value) => value === 128)).toBe(true)
    expect(pixels.every((value) => value === 0)).toBe(true)
  })

  it('gives each place the mean loss of probability of the patches over it', () => {
    // Three cells in each direction, two patches: only the patch at the upper left takes away what matters.
    const grid = { cells: 3, patches: [] }
    const map = occlusionMap(grid, 0.9, [0.1, 0.9, 0.9, 0.9])
    expect(Array.from(map, (value) => Number(value.toFixed(4)))).toEqual([0.8, 0.4, 0, 0.4, 0.2, 0, 0, 0, 0])
  })

  it('is 0 where covering makes the class more probable', () => {
    const map = occlusionMap({ cells: 2, patches: [] }, 0.4, [0.6])
    expect([...map]).toEqual([0, 0, 0, 0])
  })
})
