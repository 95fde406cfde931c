/** What holds where only predictions of at least a threshold count. */
export interface CoveragePoint {
  readonly threshold: number
  /** The share of examples that count, above 0 to 1. */
  readonly coverage: number
  /** The share of these that is wrong. */
  readonly risk: number
}

/** How the share of mistakes falls with the share of examples that are left unanswered. */
export interface RiskCoverage {
  /** By falling threshold; one for each distinct confidence. */
  readonly points: readonly CoveragePoint[]
  /** The mean risk over all coverages, 0 to 1: lower is better. NaN without examples. */
  readonly area: number
}

/**
 * @param confidences `[examples]`
 * @param correct `[examples]`
 * @see https://arxiv.org/abs/1705.08500
 */
export function riskCoverage(confidences: Float32Array, correct: readonly boolean[]): RiskCoverage {
  const examples = confidences.length
  const order = Uint32Array.from({ length: examples }, (_, index) => index).sort(
    (a, b) => (confidences[b] as number) - (confidences[a] as number),
  )
  const points: CoveragePoint[] = []
  let wrong = 0
  let area = 0
  for (let place = 0; place < examples;) {
    const threshold = confidences[order[place] as number] as number
    const from = place
    for (; place < examples && confidences[order[place] as number] === threshold; place += 1) {
      if (!correct[order[place] as number]) wrong += 1
    }
    const risk = wrong / place
    area += risk * (place - from)
    points.push({ threshold, coverage: place / examples, risk })
  }
  return { points, area: area / examples }
}
