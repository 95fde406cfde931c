import type { RetrainEffect } from '../../contract/label-errors.ts'
import { mcnemarTest } from '../../metrics/index.ts'
import { readPredictions } from '../evaluation/stored-predictions.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { readDatasetVersion } from '../runs/dataset-version.ts'
import { toRun } from '../runs/stored-runs.ts'
import type { RunRow } from '../store/tables/runs.ts'

interface Predicted {
  readonly truth: string
  readonly class: string
  readonly probability: number
}
type Change = RetrainEffect['changes'][number]

/**
 * What a second run predicts otherwise than a first one, on the test images that both predicted, or where there are none the validation images.
 * Both are scored by the labels of the second: what was repaired in between counts as it is now known.
 *
 * @returns null where they have no such images in common
 */
export function retrainEffect(project: OpenProject, before: RunRow, after: RunRow): RetrainEffect | null {
  for (const split of ['test', 'validation'] as const) {
    const first = predictionsOf(project, before, split)
    const second = predictionsOf(project, after, split)
    const shared = [...second.keys()].filter((sha256) => first.has(sha256))
    if (shared.length === 0) continue
    const pairs = shared.map((sha256) => ({
      sha256,
      first: first.get(sha256) as Predicted,
      second: second.get(sha256) as Predicted,
    }))
    const isRight = pairs.map((pair) => ({
      first: pair.first.class === pair.second.truth,
      second: pair.second.class === pair.second.truth,
    }))
    const share = (side: 'first' | 'second'): number =>
      isRight.filter((right) => right[side]).length / pairs.length
    return {
      split,
      images: pairs.length,
      relabelled: pairs.filter((pair) => pair.first.truth !== pair.second.truth).length,
      repaired: countRepaired(project, before, after),
      before: share('first'),
      after: share('second'),
      comparison: mcnemarTest(
        isRight.map((right) => right.first),
        isRight.map((right) => right.second),
      ),
      changes: changesOf(project, pairs),
    }
  }
  return null
}

function predictionsOf(
  project: OpenProject,
  run: RunRow,
  split: RetrainEffect['split'],
): Map<string, Predicted> {
  const predictions = readPredictions(project, run.number, split)
  if (!predictions) return new Map()
  const { hashes, truths, probabilities } = predictions
  const { classes } = toRun(run)
  const name = (index: number): string => classes[index] ?? ''
  return new Map(
    hashes.map((sha256, row) => {
      const scores = probabilities.subarray(row * classes.length, (row + 1) * classes.length)
      const probability = Math.max(...scores)
      const predicted = { class: name(scores.indexOf(probability)), probability }
      return [sha256, { truth: name(truths[row] as number), ...predicted }]
    }),
  )
}

/** Those that became right first, then those that are neither, then those that became wrong; of each the surest first. */
function changesOf(
  { database }: OpenProject,
  pairs: readonly { sha256: string; first: Predicted; second: Predicted }[],
): Change[] {
  const findId = database
    .prepare<[string], number>('SELECT id FROM images WHERE sha256 = ? AND removed_at IS NULL')
    .pluck()
  return pairs
    .filter(({ first, second }) => first.class !== second.class)
    .map(({ sha256, first, second }) => ({
      imageId: findId.get(sha256) ?? null,
      sha256,
      truth: second.truth,
      before: first.class,
      after: second.class,
      beforeProbability: first.probability,
      afterProbability: second.probability,
    }))
    .sort((a, b) => gain(b) - gain(a) || b.afterProbability - a.afterProbability)
}

function gain({ truth, before, after }: Change): number {
  return Number(after === truth) - Number(before === truth)
}

function countRepaired(project: OpenProject, before: RunRow, after: RunRow): number {
  if (before.dataset_version === after.dataset_version) return 0
  const trained = (run: RunRow): Map<string, string> =>
    new Map(
      readDatasetVersion(project, run.dataset_version).flatMap(({ sha256, class: name, split }) =>
        split === 'train' ? [[sha256, name]] : [],
      ),
    )
  const first = trained(before)
  const second = trained(after)
  let repaired = 0
  for (const [sha256, name] of first) repaired += Number(second.get(sha256) !== name)
  for (const sha256 of second.keys()) repaired += Number(!first.has(sha256))
  return repaired
}
