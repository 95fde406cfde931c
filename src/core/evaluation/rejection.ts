import type { Acceptance, RejectionCurve, RejectionRule } from '../../contract/evaluation.ts'
import {
  confidencesOf,
  isAccepted,
  riskCoverage,
  wilsonInterval,
  type CoveragePoint,
  type Predictions,
} from '../../metrics/index.ts'

/** As many as a chart can show; a slider goes from one to the next. */
const mostPoints = 400

/** What share of images is answered, and how well, by threshold. */
export function rejectionCurve(predictions: Predictions): RejectionCurve {
  const { examples, labels, predicted } = predictions
  const correct = Array.from(predicted, (index, row) => index === labels[row])
  const { points, area } = riskCoverage(confidencesOf(predictions), correct)
  return {
    images: examples,
    points: thinned(points).map(({ threshold, coverage, risk }) => ({
      threshold,
      coverage,
      accuracy: 1 - risk,
    })),
    riskArea: area,
  }
}

/** Evenly over the coverage, both ends among them. */
function thinned(points: readonly CoveragePoint[]): readonly CoveragePoint[] {
  if (points.length <= mostPoints) return points
  let next = 0
  return points.filter(({ coverage }, index) => {
    if (coverage < next && index < points.length - 1) return false
    next = coverage + 1 / (mostPoints - 2)
    return true
  })
}

/**
 * What a rule accepts.
 *
 * @param classes names, in the order of the columns
 */
export function acceptanceOf(
  predictions: Predictions,
  classes: readonly string[],
  rule: RejectionRule,
): Acceptance {
  const { examples, labels, predicted } = predictions
  const confidences = confidencesOf(predictions)
  const byClass = classes.map((name) => ({ class: name, predicted: 0, accepted: 0, correct: 0 }))
  const mistakes = { rejected: 0, total: 0 }
  predicted.forEach((index, row) => {
    const counts = byClass[index]
    if (counts === undefined) return
    const isRight = labels[row] === index
    const accepted = isAccepted(rule, counts.class, confidences[row] as number)
    counts.predicted += 1
    if (!isRight) mistakes.total += 1
    if (!accepted && !isRight) mistakes.rejected += 1
    if (!accepted) return
    counts.accepted += 1
    if (isRight) counts.correct += 1
  })
  const accepted = byClass.reduce((sum, counts) => sum + counts.accepted, 0)
  const correct = byClass.reduce((sum, counts) => sum + counts.correct, 0)
  return {
    images: examples,
    accepted,
    correct,
    interval95: accepted === 0 ? null : wilsonInterval(correct, accepted),
    mistakes,
    byClass,
  }
}
