import type { LearningCurve } from '../../contract/suggestions.ts'

const fewestPoints = 3
const fewestLabels = 30
/** Exponents outside of it come of noise. */
const exponents = [0.05, 2] as const
/** Of the logarithm of an error, from the fitted line. */
const largestResidual = 0.15
/** A longer way beyond what was measured is a guess. */
const mostLabelsMore = 100

/**
 * What accuracy to expect with more labels, by a power law of the error, a * labels^-b, fitted to the learning curve by least squares of the
 * logarithms.
 *
 * @param curve accuracies on labels that were not seen, rising in labels
 * @returns null where the curve does not bear it out: too few labels, no error left, errors that do not fall, or that fall by another law
 * @see Hestness et al.: Deep learning scaling is predictable, empirically (2017), https://arxiv.org/abs/1712.00409
 */
export function expectedAccuracy(curve: LearningCurve): { moreLabels: number; accuracy: number } | null {
  const last = curve.at(-1)
  if (!last || curve.length < fewestPoints || last.labels < fewestLabels) return null
  const points = curve.map(({ labels, accuracy }) => ({ x: Math.log(labels), y: Math.log(1 - accuracy) }))
  const falls = points.every(({ x, y }, index) => {
    const before = points[index - 1]
    return Number.isFinite(y) && (!before || (x > before.x && y < before.y))
  })
  if (!falls) return null
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
  const meanX = mean(points.map(({ x }) => x))
  const meanY = mean(points.map(({ y }) => y))
  const slope =
    mean(points.map(({ x, y }) => (x - meanX) * (y - meanY))) / mean(points.map(({ x }) => (x - meanX) ** 2))
  const fitted = (x: number): number => meanY + slope * (x - meanX)
  if (-slope < exponents[0] || -slope > exponents[1]) return null
  if (points.some(({ x, y }) => Math.abs(y - fitted(x)) > largestResidual)) return null
  const moreLabels = Math.min(mostLabelsMore, last.labels)
  const gained = Math.exp(slope * (Math.log(last.labels + moreLabels) - Math.log(last.labels)))
  return { moreLabels, accuracy: 1 - (1 - last.accuracy) * gained }
}
