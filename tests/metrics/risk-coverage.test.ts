import { describe, expect, it } from 'vitest'
import { confidencesOf, reliability, riskCoverage } from '../../src/metrics/index.ts'
import { goldenPredictions, goldenStatistics } from './golden-predictions.ts'

describe('risk by coverage', () => {
  it('counts examples of equal confidence together', () => {
    const { points, area } = riskCoverage(Float32Array.of(0.5, 0.75, 0.5, 1), [false, true, true, true])
    expect(points).toEqual([
      { threshold: 1, coverage: 1 / 4, risk: 0 },
      { threshold: 0.75, coverage: 2 / 4, risk: 0 },
      { threshold: 0.5, coverage: 1, risk: 1 / 4 },
    ])
    expect(area).toBeCloseTo((0 + 0 + 1 / 4 + 1 / 4) / 4, 12)
  })

  it("is NumPy's at every coverage where no confidences are equal", () => {
    const predictions = goldenPredictions()
    const correct = Array.from(predictions.predicted, (index, row) => index === predictions.labels[row])
    const { coverages, risks } = goldenStatistics.riskCoverage
    const { points } = riskCoverage(confidencesOf(predictions), correct)
    expect(points.length).toBeGreaterThan(40)
    for (const { coverage, risk } of points) {
      const place = coverages.findIndex((value) => Math.abs(value - coverage) < 1e-9)
      expect(risk).toBeCloseTo(risks[place]!, 12)
    }
  })
})

describe('reliability', () => {
  it.each(['width', 'mass'] as const)("has scikit-learn's calibration curve in bins of equal %s", (equal) => {
    const bins = reliability(goldenPredictions(), null, { count: 10, equal })
    const filled = bins.filter(({ examples }) => examples > 0)
    const { accuracies, confidences } = goldenStatistics.bins[equal]
    expect(filled).toHaveLength(accuracies.length)
    filled.forEach(({ accuracy, confidence }, index) => {
      expect(accuracy).toBeCloseTo(accuracies[index]!, 10)
      expect(confidence).toBeCloseTo(confidences[index]!, 6)
    })
    expect(bins.reduce((sum, { examples }) => sum + examples, 0)).toBe(60)
  })
})
