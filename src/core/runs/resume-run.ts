import { existsSync } from 'node:fs'
import type { Notice, Run } from '../../contract/entities.ts'
import { AppError } from '../../contract/errors.ts'
import type { Manifest, WeightsReference } from '../../contract/jobs.ts'
import type { TrainPlan } from '../../contract/train-plan.ts'
import type { Backbone } from '../../models/backbone.ts'
import { findWeightsByHash, type WeightsFolders } from '../backbones/installed-weights.ts'
import { imageFile } from '../images/image-file.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import type { RunRow } from '../store/tables/runs.ts'
import { checkSettings } from './check-settings.ts'
import { backboneOfRun, readManifest, writeRunFiles } from './run-files.ts'
import type { StartRunDeps } from './start-run.ts'
import { changeRun, findRun, runIdOf, toRun } from './stored-runs.ts'

/** So many file names are told in a notice. */
const namedImages = 20

/**
 * Queues a run again, to go on from its last whole checkpoint on the images it saw at first, or from the start where it has no checkpoint.
 *
 * @param epochs how many it shall have in all; absent: as its plan has it
 * @param signal of the project's closing
 * @throws AppError 'run-not-resumable' where it is active or has all of its epochs, 'weights-missing' where the weights it started from
 *   are not installed any more, 'project-damaged' where its list of images is gone, 'plan-invalid' where the epochs do not fit the plan,
 *   'cancelled'
 */
export async function resumeRun(
  { publish, queue, resourcesDir, dataDir }: StartRunDeps,
  project: OpenProject,
  row: RunRow,
  signal: AbortSignal,
  epochs?: number,
): Promise<{ run: Run; notices: Notice[] }> {
  const { number } = row
  const before = toRun(row)
  checkResumable(before, epochs, queue.isScheduled(project, number))
  const plan = epochs === undefined ? before.plan : withEpochs(before.plan, epochs)
  checkSettings(plan)
  const backbone = backboneOfRun(project, number, plan)
  const weights = await weightsOfRun({ resourcesDir, dataDir }, backbone, row)
  if (signal.aborted) {
    throw new AppError('cancelled', `The project was closed before ${before.id} could be resumed.`)
  }
  const { manifest, gone } = findImages(project, readManifest(project, number))
  const notices: Notice[] = []
  if (gone.length > 0) {
    const more = gone.length > namedImages ? ` and ${gone.length - namedImages} more` : ''
    notices.push({
      code: 'images-gone',
      message: `${gone.length} of the run's ${manifest.images.length} images are not where they were: ${gone.slice(0, namedImages).join(', ')}${more}. Those whose features are not cached are left out, so the result will differ.`,
      details: { images: gone.length, paths: gone.slice(0, namedImages) },
    })
  }
  const run = project.transaction(() => {
    // It may have been queued, trained or deleted while its weights were looked for.
    checkResumable(toRun(findRun(project, before.id)), epochs, queue.isScheduled(project, number))
    const changed = changeRun(project, number, {
      status: 'queued',
      plan: JSON.stringify(plan),
      error: null,
      ended_at: null,
    })
    const { dataset_version: datasetVersion } = row
    writeRunFiles(project, number, { plan, own: backbone.own, manifest, datasetVersion, weights })
    return changed
  })
  publish('runs.changed', { projectId: project.id, run })
  queue.add({ project, number, plan, own: backbone.own, weights, resume: true })
  return { run: toRun(findRun(project, before.id)), notices }
}

function checkResumable(run: Run, epochs: number | undefined, scheduled: boolean): void {
  const details = { run: run.id, status: run.status, epochs: run.epochsDone }
  if (scheduled) {
    throw new AppError(
      'run-not-resumable',
      `Only a run that has ended can be resumed; ${run.id} is queued or running. Wait for it, or stop it first.`,
      details,
    )
  }
  if (epochs !== undefined && epochs <= run.epochsDone) {
    throw new AppError(
      'run-not-resumable',
      `${run.id} has ${run.epochsDone} epochs; to train it further, give a number of epochs above that; it was ${epochs}.`,
      details,
    )
  }
  if (epochs === undefined && run.status === 'completed') {
    throw new AppError(
      'run-not-resumable',
      `${run.id} is completed after ${run.epochsDone} epochs, so there is nothing to resume. Give a higher number of epochs to train it further.`,
      details,
    )
  }
}

/** Phases end with the plan: the last one is lengthened or shortened. */
function withEpochs(plan: TrainPlan, epochs: number): TrainPlan {
  const last = plan.phases.at(-1)
  if (!last) return { ...plan, epochs }
  const length = last.epochs + epochs - plan.epochs
  if (length < 1) {
    throw new AppError(
      'plan-invalid',
      `The run's phases before the last take ${plan.epochs - last.epochs} epochs; ${epochs} in all leave none for the last.`,
      { setting: 'epochs', epochs },
    )
  }
  return { ...plan, epochs, phases: [...plan.phases.slice(0, -1), { ...last, epochs: length }] }
}

/** A resumed run takes the weights it began with: others would be another training. */
async function weightsOfRun(
  folders: WeightsFolders,
  backbone: Backbone,
  row: RunRow,
): Promise<WeightsReference | null> {
  if (row.weights_sha256 === null) return null
  const { id } = backbone.meta
  const weights = await findWeightsByHash(folders, backbone, row.weights_sha256)
  if (weights) return weights
  const what = backbone.own ? `your own model ${id}` : id
  const again = backbone.own
    ? `Add its file again (thaw backbones add model.json --id ${id})`
    : 'Add their file again'
  throw new AppError(
    'weights-missing',
    `${runIdOf(row.number)} started from weights of ${what} with the SHA-256 ${row.weights_sha256}, which are no longer on this machine. ${again} to resume it.`,
    { backbone: id, expected: row.weights_sha256 },
  )
}

/** The run's images, each where its file lies now: it may have been imported anew from elsewhere. */
function findImages(project: OpenProject, manifest: Manifest): { manifest: Manifest; gone: string[] } {
  const find = project.database.prepare<[string], string>('SELECT path FROM images WHERE sha256 = ?').pluck()
  const gone: string[] = []
  const images = manifest.images.map((image) => {
    if (existsSync(image.path)) return image
    for (const path of find.all(image.sha256)) {
      const current = imageFile(project, { path, sha256: image.sha256 })
      if (existsSync(current)) return { ...image, path: current }
    }
    gone.push(image.path)
    return image
  })
  return { manifest: { ...manifest, images }, gone }
}
