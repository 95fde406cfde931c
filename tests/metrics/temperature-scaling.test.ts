import { describe, expect, it } from 'vitest'
import { fitTemperature, makePredictions, scaleByTemperature } from '../../src/metrics/index.ts'
import { createRandom } from '../../src/models/random.ts'
import { finish, goldenPredictions, goldenStatistics } from './golden-predictions.ts'

function softmax(logits: readonly number[]): number[] {
  const weights = logits.map(Math.exp)
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return weights.map((weight) => weight / sum)
}

describe('temperature scaling', () => {
  it("finds the temperature that SciPy's minimiser finds", () => {
    expect(finish(fitTemperature(goldenPredictions()))).toBeCloseTo(goldenStatistics.temperature, 6)
  })

  it('scales probabilities as dividing the logits does', () => {
    const { probabilities } = goldenPredictions()
    const scaled = scaleByTemperature(probabilities.subarray(0, 20), 4, goldenStatistics.temperature)
    scaled.forEach((value, index) => expect(value).toBeCloseTo(goldenStatistics.scaled[index]!, 6))
    expect([...scaleByTemperature(Float32Array.of(0.25, 0.75, 0.5, 0.5), 2, 1)]).toEqual([
      0.25, 0.75, 0.5, 0.5,
    ])
  })

  it('undoes a known sharpening: labels drawn from softmax(z), predictions softmax(3 z)', () => {
    const random = createRandom({ seed: 5, purpose: 'test' })
    const labels: number[] = []
    const probabilities: number[] = []
    for (let example = 0; example < 20_000; example += 1) {
      const logits = [random.normal(), random.normal(), random.normal()]
      const truth = softmax(logits)
      const drawn = random.uniform()
      labels.push(drawn < truth[0]! ? 0 : drawn < truth[0]! + truth[1]! ? 1 : 2)
      probabilities.push(...softmax(logits.map((logit) => 3 * logit)))
    }
    const predictions = makePredictions(Float32Array.from(probabilities), labels, 3)
    const temperature = finish(fitTemperature(predictions))!
    expect(temperature).toBeGreaterThan(2.9)
    expect(temperature).toBeLessThan(3.1)
  })

  it('finds none where every prediction is right, since the sharpest would be best, and none without examples', () => {
    const right = makePredictions(Float32Array.of(0.6, 0.4, 0.2, 0.8), [0, 1], 2)
    expect(finish(fitTemperature(right))).toBeNull()
    expect(finish(fitTemperature(makePredictions(new Float32Array(), [], 2)))).toBeNull()
  })

  it('takes a probability that became 0 for the smallest there is', () => {
    const sure = makePredictions(Float32Array.of(1, 0, 1, 0, 0, 1), [0, 1, 1], 2)
    const temperature = finish(fitTemperature(sure))
    // Two of three right: ln(2) = 126 ln(2) / T needs T = 126, more than is tried.
    expect(temperature).toBeNull()
    expect([...scaleByTemperature(Float32Array.of(1, 0), 2, 126)]).toEqual([
      expect.closeTo(2 / 3, 6),
      expect.closeTo(1 / 3, 6),
    ])
  })
})
