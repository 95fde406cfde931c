import { AppError } from '../../contract/errors.ts'
import { comparisonReport } from '../../reports/comparison-report.ts'
import { runReport } from '../../reports/run-report.ts'
import type { CoreContext, Handlers } from '../context.ts'
import type { Media } from '../images/media.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { activeStatuses, findRun, runIdOf } from '../runs/stored-runs.ts'
import type { RunRow } from '../store/tables/runs.ts'
import { collectComparison } from './collect-comparison.ts'
import { collectRun } from './collect-run.ts'

type ReportsRequest = 'reports.run' | 'reports.comparison'

/** Reports of runs and comparisons, as documents. */
export function createReportsHandlers(
  context: CoreContext,
  media: Pick<Media, 'thumbnail'>,
): Handlers<ReportsRequest> {
  const print = async (html: string, pdf: boolean): Promise<string | null> => {
    if (!pdf || !context.printToPdf) return null
    return Buffer.from(await context.printToPdf(html)).toString('base64')
  }
  return {
    async 'reports.run'({ projectId, runId, language, pictures, pdf }) {
      const project = context.projects.get(projectId)
      const row = endedRun(project, runId)
      const html = runReport(await collectRun(context, media, project, row, pictures), language)
      return { name: `${project.name} ${runIdOf(row.number)} ${row.name}`, html, pdf: await print(html, pdf) }
    },
    async 'reports.comparison'({ projectId, runIds, baseline, language, pictures, pdf }) {
      const project = context.projects.get(projectId)
      for (const id of runIds) endedRun(project, id)
      const data = await collectComparison(context, media, project, { runIds, baseline }, pictures)
      const html = comparisonReport(data, language)
      return { name: `${project.name} ${runIds.join(' ')}`, html, pdf: await print(html, pdf) }
    },
  }
}

/** @throws AppError 'run-not-found', and 'run-not-ended' while it trains */
function endedRun(project: OpenProject, id: string): RunRow {
  const row = findRun(project, id)
  if (!activeStatuses.includes(row.status)) return row
  throw new AppError(
    'run-not-ended',
    `${runIdOf(row.number)} is ${row.status}: a report is of a run that has ended. Wait for it, or stop it.`,
    { run: runIdOf(row.number), status: row.status },
  )
}
