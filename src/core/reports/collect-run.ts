import type { Run } from '../../contract/entities.ts'
import type { ReportedClass, RunReportData } from '../../reports/report-data.ts'
import { findBaselines } from '../comparisons/find-baselines.ts'
import type { CoreContext } from '../context.ts'
import { atTemperature, reliabilityDiagram } from '../evaluation/calibration.ts'
import { evaluatedImages } from '../evaluation/evaluated-images.ts'
import { evaluationSettings } from '../evaluation/evaluation-settings.ts'
import { scoredSplit } from '../evaluation/scored-split.ts'
import { summarize } from '../hygiene/findings.ts'
import type { Media } from '../images/media.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { currentDatasetVersion, readDatasetVersion, type DatasetLine } from '../runs/dataset-version.ts'
import { storedRun } from '../runs/stored-runs.ts'
import type { RunRow } from '../store/tables/runs.ts'
import { reportOrigin } from './report-origin.ts'
import { reportPictures } from './report-pictures.ts'
import { reportedRun } from './reported-run.ts'

/** Mistakes that are shown, the surest first. */
const mostMistakes = 12
/** As many bins as the page of the run shows. */
const calibrationBins = { count: 15, equal: 'width' } as const

/** All that a report of a run tells, read from what is stored. */
export async function collectRun(
  context: Pick<CoreContext, 'dataDir' | 'version'>,
  media: Pick<Media, 'thumbnail'>,
  project: OpenProject,
  row: RunRow,
  pictures: boolean,
): Promise<RunReportData> {
  const reported = await reportedRun(context, project, row, currentDatasetVersion(project), true)
  const split = reported.evaluation?.split ?? null
  const scored = split && scoredSplit(project, row, split)
  const settings = await evaluationSettings(project, row)
  const { temperature } = settings
  const page = { only: { wrong: true }, order: 'confidence', offset: 0, limit: mostMistakes } as const
  const mistakes = scored ? await evaluatedImages(project, scored, page) : { total: 0, images: [] }
  const { majority, scratch, frozenHead } = findBaselines(project, row)
  const baselineIds = [scratch?.runId, frozenHead?.runId].flatMap((id) => id ?? [])
  const lines = readDatasetVersion(project, row.dataset_version)
  const hygiene = await summarize(project)
  return {
    origin: reportOrigin(project, context.version),
    reported,
    settings,
    calibration: scored && {
      before: reliabilityDiagram(scored.predictions, calibrationBins),
      after: temperature && reliabilityDiagram(atTemperature(scored, temperature.value), calibrationBins),
    },
    baselines: { majority, scratch, frozenHead },
    baselineRuns: new Map(baselineIds.flatMap((id) => toEntry(id, storedRun(project, id)))),
    mistakes: {
      total: mistakes.total,
      shown: await reportPictures(project, media, pictures)(mistakes.images),
    },
    withPictures: pictures,
    data: {
      classes: countClasses(reported.run.classes, lines),
      marks: countMarks(project, lines),
      issues: hygiene.kinds.flatMap(({ kind, images }) => (images > 0 ? [{ kind, images }] : [])),
      unscanned: hygiene.toScan,
    },
  }
}

function toEntry(id: string, run: Run | undefined): [string, Run][] {
  return run === undefined ? [] : [[id, run]]
}

function countClasses(classes: readonly string[], lines: readonly DatasetLine[]): ReportedClass[] {
  const counts = new Map(classes.map((name) => [name, { train: 0, validation: 0, test: 0 }]))
  for (const { class: name, split } of lines) {
    const own = counts.get(name)
    if (own) own[split] += 1
  }
  return [...counts].map(([name, own]) => ({ name, counts: own }))
}

function countMarks(
  { database }: OpenProject,
  lines: readonly DatasetLine[],
): RunReportData['data']['marks'] {
  const counted = database
    .prepare<[string], RunReportData['data']['marks']>(
      `SELECT coalesce(sum(flagged), 0) AS flagged, coalesce(sum(unsure), 0) AS unsure,
         count(note) AS noted,
         coalesce(sum(removed_at IS NOT NULL), 0) AS gone,
         coalesce(sum(removed_at IS NULL AND status IN ('missing', 'unreadable')), 0) AS unusable
       FROM json_each(?) AS asked JOIN images ON images.sha256 = asked.value
       LEFT JOIN image_marks ON image_marks.image_id = images.id`,
    )
    .get(JSON.stringify(lines.map(({ sha256 }) => sha256)))
  return counted ?? { flagged: 0, unsure: 0, noted: 0, gone: 0, unusable: 0 }
}
