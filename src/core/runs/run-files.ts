import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TrainPlan } from '../../contract/train-plan.ts'
import { AppError } from '../../contract/errors.ts'
import type { OwnBackbone } from '../../contract/own-backbone.ts'
import { manifestSchema, type Manifest, type WeightsReference } from '../../contract/jobs.ts'
import type { Backbone } from '../../models/backbone.ts'
import { findBackbone } from '../../models/catalog.ts'
import { ownBackboneFileName, readOwnBackbone } from '../own-backbones/own-backbones.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { toAppError } from '../store/to-app-error.ts'
import { writeFileDurably } from '../store/write-file-durably.ts'
import { runIdOf } from './stored-runs.ts'

/** What a run keeps outside the database: `manifest.json` and `plan.json`, `backbone.json` where that is the person's own, and what its trainer adds. */
export function runFolder(project: OpenProject, number: number): string {
  return join(project.folders.runs, runIdOf(number))
}

/** What the files of a run tell. */
export interface RunFiles {
  readonly plan: TrainPlan
  readonly own: OwnBackbone | undefined
  readonly manifest: Manifest
  readonly datasetVersion: string
  readonly weights: WeightsReference | null
}

/** @throws AppError 'disk-full' and the like */
export function writeRunFiles(
  project: OpenProject,
  number: number,
  { plan, own, manifest, datasetVersion, weights }: RunFiles,
): void {
  const folder = runFolder(project, number)
  try {
    mkdirSync(folder, { recursive: true })
    writeFileDurably(join(folder, 'manifest.json'), JSON.stringify(manifest))
    if (own) writeFileDurably(join(folder, ownBackboneFileName), `${JSON.stringify(own, null, 2)}\n`)
    const about = { run: runIdOf(number), plan, datasetVersion, weights, classes: manifest.classes }
    writeFileDurably(join(folder, 'plan.json'), `${JSON.stringify(about, null, 2)}\n`)
  } catch (error) {
    throw toAppError(error, folder)
  }
}

/**
 * The backbone of a run: its own copy of one that a person added, which may have been removed since.
 *
 * @throws AppError 'backbone-not-found', 'weights-invalid' where its copy is damaged
 */
export function backboneOfRun(
  project: OpenProject,
  number: number,
  plan: Pick<TrainPlan, 'backbone'>,
): Backbone {
  const own = readOwnBackbone(runFolder(project, number))
  return findBackbone(plan.backbone, own === null ? [] : [own])
}

/** @throws AppError 'project-damaged' where it is gone or not as written */
export function readManifest(project: OpenProject, number: number): Manifest {
  const path = join(runFolder(project, number), 'manifest.json')
  try {
    return manifestSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (error) {
    throw new AppError(
      'project-damaged',
      `${path} was expected to list the images of ${runIdOf(number)}, but cannot be read: ${error instanceof Error ? error.message : String(error)}. Its curves and stored results are still there; to predict again, train again.`,
      { path },
    )
  }
}
