import { AppError } from '../../contract/errors.ts'
import type { CoreContext, Handlers } from '../context.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { readDatasetVersion } from '../runs/dataset-version.ts'
import { findRun } from '../runs/stored-runs.ts'
import { compareData } from './compare-data.ts'
import { compareSettings } from './compare-settings.ts'
import { findBaselines } from './find-baselines.ts'
import { pairAnswers, scorePairs } from './run-answers.ts'

type ComparisonsRequest =
  'comparisons.get' | 'comparisons.flips' | 'comparisons.data' | 'comparisons.baselines'

/** What tells runs apart: settings, data, answers. Everything is read from what the runs stored. */
export function createComparisonsHandlers({ projects }: CoreContext): Handlers<ComparisonsRequest> {
  return {
    'comparisons.get'({ projectId, runIds, baseline }) {
      const project = projects.get(projectId)
      if (!runIds.includes(baseline)) {
        throw new AppError(
          'invalid-input',
          `The baseline is one of the compared runs; it was ${baseline}, they are ${runIds.join(', ')}.`,
        )
      }
      const rows = runIds.map((id) => findRun(project, id))
      const first = findRun(project, baseline)
      return {
        settings: compareSettings(rows),
        pairs: rows.map((row) => {
          const answers = row.number === first.number ? null : pairAnswers(project, first, row)
          return answers && scorePairs(answers)
        }),
      }
    },
    'comparisons.flips'({ projectId, from, to }) {
      const project = projects.get(projectId)
      const answers = pairAnswers(project, findRun(project, from), findRun(project, to))
      if (answers === null) return { split: null, images: 0, flips: [] }
      const findImage = imageFinder(project)
      const flips = answers.pairs
        .filter(({ first, second }) => first.class !== second.class)
        .sort((a, b) => b.second.probability - a.second.probability)
        .map(({ sha256, truth, first, second }) => ({
          ...findImage(sha256),
          truth,
          a: { class: first.class, probability: first.probability },
          b: { class: second.class, probability: second.probability },
        }))
      return { split: answers.split, images: answers.pairs.length, flips }
    },
    'comparisons.data'({ projectId, from, to, most }) {
      const project = projects.get(projectId)
      const versions = [from, to].map((id) => findRun(project, id).dataset_version)
      const [old = '', now = ''] = versions
      const { counts, classes, changes } =
        old === now
          ? compareData([], [])
          : compareData(readDatasetVersion(project, old), readDatasetVersion(project, now))
      const findImage = imageFinder(project)
      const listed = { label: 0, split: 0, added: 0, removed: 0 }
      return {
        counts,
        classes,
        changes: changes
          .filter(({ kind }) => (listed[kind] += 1) <= most)
          .map((change) => ({ ...change, ...findImage(change.sha256) })),
      }
    },
    'comparisons.baselines'({ projectId, runId }) {
      const project = projects.get(projectId)
      return findBaselines(project, findRun(project, runId))
    },
  }
}

/** Tells what the project knows of an image by its hash. */
function imageFinder({ database }: OpenProject) {
  const find = database.prepare<[string], { id: number; path: string; removed: number }>(
    'SELECT id, path, removed_at IS NOT NULL AS removed FROM images WHERE sha256 = ?',
  )
  return (sha256: string): { sha256: string; imageId: number | null; path: string | null } => {
    const row = find.get(sha256)
    return {
      sha256,
      imageId: row === undefined || row.removed === 1 ? null : row.id,
      path: row?.path ?? null,
    }
  }
}
