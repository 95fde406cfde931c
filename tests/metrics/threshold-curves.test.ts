import { describe, expect, it } from 'vitest'
import {
  makePredictions,
  meanPrecisionRecallCurve,
  meanRocCurve,
  precisionRecallCurve,
  rocCurve,
  thinCurve,
  thresholdCounts,
  type Curve,
} from '../../src/metrics/index.ts'
import { finish, goldenPredictions, goldenStatistics } from './golden-predictions.ts'

const predictions = goldenPredictions()
const countsOf = (classIndex: number | null) => finish(thresholdCounts(predictions, classIndex))
const rocCurves = [0, 1, 2, 3].map((index) => rocCurve(countsOf(index)))
const close = (values: ArrayLike<number>, expected: readonly number[], digits = 6) => {
  expect(values).toHaveLength(expected.length)
  expected.forEach((value, index) => expect(values[index]).toBeCloseTo(value, digits))
}
/** The height of a curve at x, as NumPy interpolates: at a step the upper end. */
const heightAt = ({ x, y }: Curve, at: number): number => {
  const next = x.findIndex((value) => value > at)
  if (next < 0) return y[y.length - 1]!
  const share = (at - x[next - 1]!) / (x[next]! - x[next - 1]!)
  return y[next - 1]! + share * (y[next]! - y[next - 1]!)
}

describe("curves are scikit-learn's", () => {
  it.each([0, 1, 2, 3, null])('of class %s (null: micro-averaged)', (classIndex) => {
    const golden = classIndex === null ? goldenStatistics.micro : goldenStatistics.perClass[classIndex]!
    const counts = countsOf(classIndex)
    const roc = rocCurve(counts)
    const precisionRecall = precisionRecallCurve(counts)
    expect(roc.area).toBeCloseTo(golden.rocAuc, 10)
    expect(precisionRecall.area).toBeCloseTo(golden.averagePrecision, 10)
    close(precisionRecall.x, golden.recalls, 10)
    close(precisionRecall.y, golden.precisions, 10)
    close(
      [0.05, 0.1, 0.25, 0.5, 0.9].map((at) => heightAt(roc, at)),
      golden.truePositiveRates,
      10,
    )
  })

  it('macro-averaged', () => {
    const mean = meanRocCurve(rocCurves)
    close(
      mean.y.filter((_, step) => step % 2 === 0),
      goldenStatistics.macroTruePositiveRates,
      10,
    )
    const areas = goldenStatistics.perClass.map(({ rocAuc }) => rocAuc)
    expect(mean.area).toBeCloseTo(areas.reduce((sum, area) => sum + area, 0) / 4, 10)
  })
})

describe('curves', () => {
  it('average precisions by the threshold that reaches each recall', () => {
    const half: Curve = { x: Float64Array.of(0.5, 1), y: Float64Array.of(1, 0.5), area: 0.75 }
    const whole: Curve = { x: Float64Array.of(1), y: Float64Array.of(0.3), area: 0.3 }
    const mean = meanPrecisionRecallCurve([half, whole, { ...whole, area: NaN }])
    expect([mean.y[0], mean.y[100], mean.y[101], mean.y[200]]).toEqual([0.65, 0.65, 0.4, 0.4])
    expect(mean.area).toBeCloseTo(0.525, 12)
  })

  it('are not defined of a class without examples, which averages leave out', () => {
    const two = makePredictions(Float32Array.of(0.9, 0.1, 0, 0.2, 0.8, 0), [0, 1], 3)
    const curves = [0, 1, 2].map((index) => rocCurve(finish(thresholdCounts(two, index))))
    expect(curves.map(({ area }) => area)).toEqual([1, 1, NaN])
    expect(meanRocCurve(curves).area).toBe(1)
    expect(meanRocCurve(curves.slice(2)).x).toHaveLength(0)
  })

  it('are thinned to what can be seen: both ends stay, and no gap is larger than two steps', () => {
    const x = Float64Array.from({ length: 5000 }, (_, index) => index / 4999)
    const whole = { x, y: x.map((value) => Math.sqrt(value)), area: 2 / 3 }
    const thin = thinCurve(whole, 100)
    expect(thin.x.length).toBeLessThanOrEqual(100)
    expect([thin.x[0], thin.x.at(-1), thin.area]).toEqual([0, 1, 2 / 3])
    for (let index = 1; index < thin.x.length; index += 1) {
      expect(thin.x[index]! - thin.x[index - 1]! + thin.y[index]! - thin.y[index - 1]!).toBeLessThan(0.045)
    }
    expect(thinCurve(whole, 5000)).toEqual(whole)
  })
})
