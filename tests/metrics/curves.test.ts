import { describe, expect, it } from 'vitest'
import { downsampleCurve, smoothCurve } from '../../src/metrics/index.ts'

describe('downsampleCurve', () => {
  const x = Float64Array.from({ length: 5000 }, (_, index) => index)
  const y = x.map((value) => Math.sin(value / 300))

  it('keeps a short curve as it is', () => {
    expect([...downsampleCurve({ x: [1, 2, 3], y: [5, 5, 5] }, 3)]).toEqual([0, 1, 2])
    expect([...downsampleCurve({ x: [], y: [] }, 3)]).toEqual([])
  })

  it('keeps ends and single spikes, in order', () => {
    const spiked = y.slice()
    spiked[1234] = 40
    spiked[4321] = -40
    const chosen = [...downsampleCurve({ x, y: spiked }, 100)]
    expect(chosen).toHaveLength(100)
    expect(chosen[0]).toBe(0)
    expect(chosen.at(-1)).toBe(4999)
    expect(chosen).toEqual([...new Set(chosen)].sort((a, b) => a - b))
    expect(chosen).toContain(1234)
    expect(chosen).toContain(4321)
  })

  it('looks the same: drawn between the chosen points the curve is never far off', () => {
    const chosen = downsampleCurve({ x, y }, 200)
    let worst = 0
    chosen.forEach((to, place) => {
      const from = chosen[place - 1]
      if (from === undefined) return
      for (let index = from; index < to; index += 1) {
        const share = (index - from) / (to - from)
        const drawn = y[from]! + share * (y[to]! - y[from]!)
        worst = Math.max(worst, Math.abs(drawn - y[index]!))
      }
    })
    expect(worst).toBeLessThan(0.01)
  })
})

describe('smoothCurve', () => {
  it('begins with the first value and follows the mean', () => {
    const noisy = Float64Array.from({ length: 400 }, (_, index) => 3 + (index % 2 === 0 ? 1 : -1))
    const smooth = smoothCurve(noisy, 0.9)
    expect(smooth[0]).toBe(4)
    // (0.9 * 4 + 2) / (0.9 + 1)
    expect(smooth[1]).toBeCloseTo(5.6 / 1.9, 12)
    expect(Math.abs(smooth.at(-1)! - 3)).toBeLessThan(0.06)
  })

  it('without weight is the curve', () => {
    const values = Float64Array.of(1, 5, 2)
    expect(smoothCurve(values, 0)).toEqual(values)
  })
})
