import { describe, expect, it } from 'vitest'
import { f1Coverage, wilsonCoverage } from './simulate-coverage.ts'

describe('95% intervals contain the true value', () => {
  it.each([150, 500])(
    "Wilson's of an accuracy, %i images: 95% ± 1.5% of 2,000, as a mean over shares",
    (images) => {
      const covered = wilsonCoverage(images, 2000)
      expect(covered).toBeGreaterThan(0.935)
      expect(covered).toBeLessThan(0.965)
    },
  )

  it("the bootstrap's of F1: of 200 as many as 93% and chance allow (bench/interval-coverage.ts draws 2,000)", () => {
    // Two standard deviations of 200 draws below 0.93.
    expect(f1Coverage(150, 200)).toBeGreaterThan(0.93 - 2 * Math.sqrt((0.93 * 0.07) / 200))
  })
})
