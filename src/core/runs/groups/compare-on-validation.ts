import { mcnemarTest, type McnemarResult } from '../../../metrics/index.ts'
import { readPredictions } from '../../evaluation/stored-predictions.ts'
import type { OpenProject } from '../../projects/open-projects.ts'

/** Below this a difference counts as more than noise. */
export const significance = 0.05

/**
 * McNemar's exact test of two runs on the validation images that both predicted.
 *
 * @returns null where one of them has no validation predictions
 */
export function compareOnValidation(
  project: OpenProject,
  first: number,
  second: number,
): (McnemarResult & { images: number }) | null {
  const before = rightByHash(project, first)
  const after = rightByHash(project, second)
  if (!before || !after) return null
  const shared = [...before.keys()].filter((hash) => after.has(hash))
  const result = mcnemarTest(
    shared.map((hash) => before.get(hash) === true),
    shared.map((hash) => after.get(hash) === true),
  )
  return { ...result, images: shared.length }
}

/** Whether a run has each validation image right. */
function rightByHash(project: OpenProject, number: number): Map<string, boolean> | null {
  const predictions = readPredictions(project, number, 'validation')
  if (!predictions || predictions.hashes.length === 0) return null
  const { hashes, truths, probabilities } = predictions
  const classes = probabilities.length / hashes.length
  return new Map(
    hashes.map((hash, row) => {
      const scores = probabilities.subarray(row * classes, (row + 1) * classes)
      return [hash, scores.indexOf(Math.max(...scores)) === truths[row]]
    }),
  )
}
