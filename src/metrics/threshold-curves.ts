import type { ThresholdCounts } from './threshold-counts.ts'

/** A curve in the unit square; `x` never falls. */
export interface Curve {
  readonly x: Float64Array
  readonly y: Float64Array
  /** ROC: the area under it. Precision and recall: the average precision. NaN where it is not defined. */
  readonly area: number
}

/**
 * True positive rate (y) by false positive rate (x), from (0, 0) to (1, 1); equal scores of both kinds are a slope.
 *
 * @see https://doi.org/10.1016/j.patrec.2005.10.010
 */
export function rocCurve(counts: ThresholdCounts): Curve {
  const { positives, negatives, thresholds } = counts
  const x = new Float64Array(2 * thresholds.length + 2)
  const y = new Float64Array(x.length)
  thresholds.forEach((_, index) => {
    x[2 * index + 1] = (counts.falsePositivesAbove[index] as number) / negatives
    y[2 * index + 1] = y[2 * index] as number
    x[2 * index + 2] = (counts.falsePositives[index] as number) / negatives
    y[2 * index + 2] = (counts.truePositives[index] as number) / positives
  })
  x[x.length - 1] = 1
  y[y.length - 1] = 1
  let area = 0
  for (let index = 1; index < x.length; index += 1) {
    const width = (x[index] as number) - (x[index - 1] as number)
    area += (width * ((y[index] as number) + (y[index - 1] as number))) / 2
  }
  return { x, y, area: positives === 0 || negatives === 0 ? NaN : area }
}

/**
 * Precision (y) by recall (x), at each threshold where recall rises. The area is the average precision, without interpolation.
 *
 * @see https://scikit-learn.org/stable/modules/model_evaluation.html#precision-recall-and-f-measures
 */
export function precisionRecallCurve({
  positives,
  thresholds,
  truePositives,
  falsePositives,
}: ThresholdCounts): Curve {
  const x = truePositives.map((found) => found / positives)
  const y = truePositives.map((found, index) => found / (found + (falsePositives[index] as number)))
  let area = 0
  thresholds.forEach((_, index) => {
    area += ((x[index] as number) - (x[index - 1] ?? 0)) * (y[index] as number)
  })
  return { x, y, area: positives === 0 ? NaN : area }
}

/** Places of an average curve along x, both ends among them. */
const gridSteps = 200

/** The mean of curves at each of 201 places, by linear interpolation: the macro-averaged ROC curve. Its area is the mean of theirs. */
export function meanRocCurve(curves: readonly Curve[]): Curve {
  return meanCurve(curves, ({ x, y }, at) => {
    const next = firstAbove(x, at)
    const before = next - 1
    if (next === x.length) return y[before] as number
    const share = (at - (x[before] as number)) / ((x[next] as number) - (x[before] as number))
    return (y[before] as number) + share * ((y[next] as number) - (y[before] as number))
  })
}

/** The mean of precisions at each of 201 recalls, each that of the first threshold that reaches the recall. Its area is the mean of the average precisions. */
export function meanPrecisionRecallCurve(curves: readonly Curve[]): Curve {
  return meanCurve(curves, ({ x, y }, at) => y[Math.min(firstAbove(x, at - 1e-12), y.length - 1)] as number)
}

function meanCurve(curves: readonly Curve[], valueAt: (curve: Curve, x: number) => number): Curve {
  const defined = curves.filter(({ area }) => !Number.isNaN(area))
  const mean = (valueOf: (curve: Curve) => number): number =>
    defined.reduce((sum, curve) => sum + valueOf(curve), 0) / defined.length
  const x = Float64Array.from(
    { length: defined.length === 0 ? 0 : gridSteps + 1 },
    (_, step) => step / gridSteps,
  )
  return { x, y: x.map((at) => mean((curve) => valueAt(curve, at))), area: mean(({ area }) => area) }
}

/** The first index of rising `x` whose value is above. */
function firstAbove(x: Float64Array, value: number): number {
  let low = 0
  let high = x.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((x[middle] as number) <= value) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * A curve of at most `most` points that looks the same: points that are nearer to the one kept before, along both axes, than the curve is
 * long on average are left out. The area stays that of the whole curve.
 *
 * @param most at least 3
 */
export function thinCurve({ x, y, area }: Curve, most: number): Curve {
  if (x.length <= most) return { x, y, area }
  const stepTo = (index: number): number =>
    Math.abs((x[index] as number) - (x[index - 1] as number)) +
    Math.abs((y[index] as number) - (y[index - 1] as number))
  let length = 0
  for (let index = 1; index < x.length; index += 1) length += stepTo(index)
  const kept = [0]
  const stride = length / (most - 2)
  let walked = 0
  for (let index = 1; index < x.length - 1; index += 1) {
    walked += stepTo(index)
    if (walked < stride) continue
    kept.push(index)
    walked = 0
  }
  kept.push(x.length - 1)
  const pick = (values: Float64Array): Float64Array =>
    Float64Array.from(kept, (index) => values[index] as number)
  return { x: pick(x), y: pick(y), area }
}
