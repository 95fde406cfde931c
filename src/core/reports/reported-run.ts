import type { Backbone } from '../../models/backbone.ts'
import type { ReportedRun } from '../../reports/report-data.ts'
import { addedWeightsStore } from '../backbones/added-weights.ts'
import type { CoreContext } from '../context.ts'
import { evaluateStored } from '../evaluation/evaluate-split.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { readCurves } from '../runs/run-curves.ts'
import { backboneOfRun } from '../runs/run-files.ts'
import { toRun } from '../runs/stored-runs.ts'
import type { RunRow } from '../store/tables/runs.ts'
import { AppError } from '../../contract/errors.ts'
import { weightsFormatNames } from '../weights/weights-file.ts'

const curveNames = ['train/loss', 'train/accuracy', 'validation/loss', 'validation/accuracy', 'learning-rate']
/** Of a curve: more than half a page of paper can show. */
const mostPoints = 400

/**
 * What a run was and gave, from what it stored.
 *
 * @param current the dataset version that the project would make now
 * @param bootstrap false: without the intervals that take long
 */
export async function reportedRun(
  { dataDir }: Pick<CoreContext, 'dataDir'>,
  project: OpenProject,
  row: RunRow,
  current: string,
  bootstrap: boolean,
): Promise<ReportedRun> {
  const run = toRun(row)
  const backbone = knownBackbone(project, row)
  const test = await evaluateStored(project, row, 'test', bootstrap)
  const validation = await evaluateStored(project, row, 'validation', bootstrap && test === null)
  return {
    run,
    isCurrent: row.dataset_version === current,
    engineVersion: row.engine_version,
    threads: row.threads,
    weightsSha256: row.weights_sha256,
    weightsSource: backbone && sourceOf(dataDir, backbone, row.weights_sha256),
    backbone: backbone && {
      family: backbone.meta.family,
      inputSize: backbone.meta.inputSize,
      licence: backbone.meta.licence,
      paper: backbone.meta.paper,
    },
    evaluation: test ?? validation,
    validation,
    curves: readCurves(project, [row], { names: curveNames, points: mostPoints, smoothing: 0 }),
    phaseStarts: run.plan.phases.length > 1 ? phaseStarts(project, row.number) : [],
  }
}

/** Null where it was added by a person and is gone. */
function knownBackbone(project: OpenProject, row: RunRow): Backbone | null {
  try {
    return backboneOfRun(project, row.number, toRun(row).plan)
  } catch (error) {
    if (error instanceof AppError) return null
    throw error
  }
}

/** Who published weights of that hash, or the file that they came in; null where no such are installed. */
function sourceOf(dataDir: string, { meta }: Backbone, sha256: string | null): string | null {
  if (sha256 === null) return null
  const embedded = meta.weights.find((source) => source.kind === 'embedded' && source.sha256 === sha256)
  if (embedded) return embedded.origin
  try {
    const added = addedWeightsStore(dataDir).installed(meta.id)
    return added?.sha256 === sha256 ? `${added.file} (${weightsFormatNames[added.format]})` : null
  } catch (error) {
    // What tells of the added weights is damaged, which concerns new runs and not this one.
    if (error instanceof AppError) return null
    throw error
  }
}

function phaseStarts({ database }: OpenProject, number: number): { phase: number; epoch: number }[] {
  return database
    .prepare<[number], { phase: number; epoch: number }>(
      `SELECT value AS phase, epoch FROM metrics WHERE run_number = ? AND name = 'phase' ORDER BY seq`,
    )
    .all(number)
}
