import type { Flip } from '../../contract/comparison.ts'
import type { ComparisonReportData, ReportedComparison } from '../../reports/report-data.ts'
import { createComparisonsHandlers } from '../comparisons/handlers.ts'
import type { CoreContext } from '../context.ts'
import type { Media } from '../images/media.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { currentDatasetVersion } from '../runs/dataset-version.ts'
import { findRun, runIdOf, toRun } from '../runs/stored-runs.ts'
import { reportOrigin } from './report-origin.ts'
import { reportPictures } from './report-pictures.ts'
import { reportedRun } from './reported-run.ts'

/** Images of a kind that are shown of one run against the baseline; of many runs fewer, so that the report stays readable. */
const mostShown = 12
const fewShown = 4
const manyRuns = 4

/** All that a report of several runs tells, read from what is stored. @throws AppError as `comparisons.get` */
export async function collectComparison(
  context: CoreContext,
  media: Pick<Media, 'thumbnail'>,
  project: OpenProject,
  { runIds: asked, baseline: first }: { runIds: readonly string[]; baseline: string },
  pictures: boolean,
): Promise<ComparisonReportData> {
  const rows = [...new Set(asked)].map((id) => findRun(project, id))
  const baseline = findRun(project, first)
  const runIds = rows.map(({ number }) => runIdOf(number))
  const from = runIdOf(baseline.number)
  const requests = createComparisonsHandlers(context)
  const projectId = project.id
  const { settings, pairs } = await requests['comparisons.get']({ projectId, runIds, baseline: from })
  const withPictures = reportPictures(project, media, pictures)
  const most = rows.length > manyRuns ? fewShown : mostShown
  const comparisons: ReportedComparison[] = []
  for (const [index, row] of rows.entries()) {
    if (row.number === baseline.number) continue
    const to = runIdOf(row.number)
    const { flips, images } = await requests['comparisons.flips']({ projectId, from, to })
    const kinds = {
      fixed: flips.filter(({ truth, b }) => b.class === truth),
      broken: flips.filter(({ truth, a }) => a.class === truth),
    }
    const { counts, classes, changes } = await requests['comparisons.data']({ projectId, from, to, most })
    comparisons.push({
      run: toRun(row),
      pair: pairs[index] ?? null,
      flips: {
        images,
        fixed: kinds.fixed.length,
        broken: kinds.broken.length,
        other: flips.length - kinds.fixed.length - kinds.broken.length,
        shown: await withPictures(someOfBoth(kinds.fixed, kinds.broken, most)),
      },
      data: {
        counts,
        classes,
        labels: await withPictures(changes.filter(({ kind }) => kind === 'label')),
      },
    })
  }
  const current = currentDatasetVersion(project)
  const runs = []
  for (const row of rows) runs.push(await reportedRun(context, project, row, current, false))
  return {
    origin: reportOrigin(project, context.version),
    runs,
    baseline: toRun(baseline),
    settings,
    comparisons,
    withPictures: pictures,
  }
}

/** Half of each kind, more of one where the other has fewer; the surest of each first. */
function someOfBoth(fixed: readonly Flip[], broken: readonly Flip[], most: number): Flip[] {
  const half = most / 2
  const ofBroken = Math.min(broken.length, Math.max(half, most - fixed.length))
  return [...fixed.slice(0, most - ofBroken), ...broken.slice(0, ofBroken)]
}
