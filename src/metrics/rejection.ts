import type { RejectionRule } from '../contract/evaluation.ts'

/** The least probability at which a prediction of that class counts. */
export function thresholdOf(rule: RejectionRule, className: string): number {
  return Object.hasOwn(rule.byClass, className) ? (rule.byClass[className] ?? rule.threshold) : rule.threshold
}

/**
 * Whether a prediction counts, or the answer is 'not sure'.
 *
 * @param probability of the predicted class, with the run's temperature applied where the rule is for calibrated ones
 */
export function isAccepted(rule: RejectionRule | null, className: string, probability: number): boolean {
  return rule === null || probability >= thresholdOf(rule, className)
}
