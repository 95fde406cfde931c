import type { RejectionCurve, RejectionRule } from '../../../../../contract/evaluation.ts'

/** Whether a rule is the one that is kept. */
export function sameRule(kept: RejectionRule | null, rule: RejectionRule): boolean {
  if (kept === null) return false
  const names = Object.keys(rule.byClass)
  return (
    kept.threshold === rule.threshold &&
    kept.calibrated === rule.calibrated &&
    Object.keys(kept.byClass).length === names.length &&
    names.every((name) => kept.byClass[name] === rule.byClass[name])
  )
}

/**
 * The threshold that answers most images while as many of these are right as wanted.
 *
 * @param points by falling threshold, so rising coverage
 * @returns null where no threshold does
 */
export function firstAccurate(points: RejectionCurve['points'], accuracy: number): number | null {
  return points.findLast((point) => point.accuracy >= accuracy)?.threshold ?? null
}
