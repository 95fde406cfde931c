import { mcnemarTest, type McnemarResult } from '../../../metrics/index.ts'
import { pairSplit } from '../../comparisons/run-answers.ts'
import type { OpenProject } from '../../projects/open-projects.ts'
import { findRun, runIdOf } from '../stored-runs.ts'

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
  const [before, after] = [first, second].map((number) => findRun(project, runIdOf(number)))
  const pairs = before && after ? pairSplit(project, before, after, 'validation') : null
  if (pairs === null) return null
  const result = mcnemarTest(
    pairs.map((pair) => pair.first.class === pair.truth),
    pairs.map((pair) => pair.second.class === pair.truth),
  )
  return { ...result, images: pairs.length }
}
