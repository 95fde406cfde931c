import { AppError } from '../../contract/errors.ts'
import type { WeightsReference } from '../../contract/jobs.ts'
import { findWeightsByHash, type WeightsFolders } from '../backbones/installed-weights.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import type { RunRow } from '../store/tables/runs.ts'
import { backboneOfRun } from './run-files.ts'
import { runIdOf, toRun } from './stored-runs.ts'

/** @throws AppError 'run-has-no-model' */
export function requireModel(run: RunRow): void {
  if (run.model_sha256 !== null) return
  throw new AppError(
    'run-has-no-model',
    `${runIdOf(run.number)} is ${run.status} and has no model yet; a completed or stopped run has one.`,
    { run: runIdOf(run.number), status: run.status },
  )
}

/** The weights that the run started from, where they are still on this machine. */
export async function weightsOf(
  folders: WeightsFolders,
  project: OpenProject,
  run: RunRow,
): Promise<WeightsReference | null> {
  if (run.weights_sha256 === null) return null
  return findWeightsByHash(folders, backboneOfRun(project, run.number, toRun(run).plan), run.weights_sha256)
}
