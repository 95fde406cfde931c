import { rmSync } from 'node:fs'
import type { Notice, Run } from '../../contract/entities.ts'
import { AppError } from '../../contract/errors.ts'
import type { Manifest, WeightsReference } from '../../contract/jobs.ts'
import type { TrainPlan } from '../../contract/train-plan.ts'
import type { Backbone } from '../../models/backbone.ts'
import { trainingModeDefinitions } from '../../models/training/modes.ts'
import { installedWeights } from '../backbones/installed-weights.ts'
import type { CoreContext } from '../context.ts'
import { backboneOf } from '../own-backbones/own-backbones.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { ensureSplits, lacksSplits } from '../splits/ensure-splits.ts'
import { checkImages, checkPlan, checkSplits } from './check-plan.ts'
import { labelledImages, storeDatasetVersion, toManifest } from './dataset-version.ts'
import { insertGroup, type NewGroup } from './groups/stored-groups.ts'
import { runFolder, writeRunFiles } from './run-files.ts'
import type { RunQueue } from './run-queue.ts'
import { findRun, insertRun, runIdOf, toRun } from './stored-runs.ts'
import { waitForImages } from './wait-for-images.ts'

export type StartRunDeps = Pick<CoreContext, 'publish' | 'log' | 'resourcesDir' | 'dataDir'> & {
  queue: RunQueue
  /** Finds near duplicates, which a split keeps together. */
  scanImages(project: OpenProject): Promise<unknown>
}

/** What a run is apart from its plan. */
export interface RunOrigin {
  name?: string | undefined
  recipe?: string | null
  /** The number of its group. */
  group?: number | null
}

/** What runs that start together share, and the weights of each. */
export interface PreparedRuns {
  readonly manifest: Manifest
  /** Of each plan. */
  readonly backbones: readonly Backbone[]
  /** One for each plan; null: from scratch. */
  readonly weights: readonly (WeightsReference | null)[]
  /** What was done on the person's behalf, and what they should know of the data. */
  readonly notices: readonly Notice[]
}

/**
 * Checks a plan against the project, freezes what the run will see, stores the run and queues it.
 *
 * @param signal of the project's closing
 * @throws AppError when nothing was stored: 'backbone-not-found', 'layer-not-found', 'plan-invalid', 'weights-missing',
 *   'too-few-images', 'too-few-classes', 'disk-full', 'cancelled'
 */
export async function startRun(
  deps: StartRunDeps,
  project: OpenProject,
  plan: TrainPlan,
  origin: RunOrigin,
  signal: AbortSignal,
): Promise<{ run: Run; notices: Notice[] }> {
  const prepared = await prepareRuns(deps, project, [plan], signal)
  const { runs } = storeRuns(deps, project, prepared, [{ plan, origin }])
  return { run: runs[0] as Run, notices: [...prepared.notices] }
}

/**
 * Everything about runs that takes time or can be refused; a split is made where there is none. Nothing of the runs is stored: that is for
 * `storeRuns`, in the same turn.
 *
 * @throws AppError as `startRun`
 */
export async function prepareRuns(
  deps: StartRunDeps,
  project: OpenProject,
  plans: readonly TrainPlan[],
  signal: AbortSignal,
): Promise<PreparedRuns> {
  const backbones = plans.map(({ backbone }) => backboneOf(deps.dataDir, backbone))
  const check = (classes: number): void =>
    plans.forEach((plan, index) => checkPlan(plan, backbones[index] as Backbone, classes))
  check(2)
  const weights: (WeightsReference | null)[] = []
  for (const [index, { mode }] of plans.entries()) {
    const { pretrained } = trainingModeDefinitions[mode]
    weights.push(pretrained ? await installedWeights(deps, backbones[index] as Backbone) : null)
  }
  const notices: Notice[] = await imagesNotices(project, signal)
  if (!signal.aborted && lacksSplits(project)) await deps.scanImages(project)
  // What is stored from here on would train on behind a project that closes.
  if (signal.aborted) {
    throw new AppError('cancelled', 'The project was closed before its run could start; nothing was stored.')
  }
  const images = labelledImages(project)
  checkImages(images)
  const ofSplits = ensureSplits(deps, project, plans[0]?.seed ?? 0)
  notices.push(...ofSplits)
  const manifest = toManifest(ofSplits.length > 0 ? labelledImages(project) : images)
  check(manifest.classes.length)
  const ofData = plans.map((plan) => checkSplits(plan, manifest))
  return { manifest, backbones, weights, notices: [...notices, ...(ofData[0] ?? [])] }
}

/**
 * Stores runs with their files, all or none, and queues them in their order.
 *
 * @param newGroup what they are the runs of, stored with them
 * @returns the runs, and the number of the group
 * @throws AppError 'disk-full' and the like
 */
export function storeRuns(
  { publish, queue }: StartRunDeps,
  project: OpenProject,
  { manifest, backbones, weights }: PreparedRuns,
  runs: readonly { plan: TrainPlan; origin: RunOrigin }[],
  newGroup?: NewGroup,
): { runs: Run[]; group: number | null } {
  const count = (split: string): number => manifest.images.filter((image) => image.split === split).length
  const counts = JSON.stringify({
    train: count('train'),
    validation: count('validation'),
    test: count('test'),
  })
  const written: string[] = []
  const store = () => {
    const group = newGroup ? insertGroup(project, newGroup) : null
    const datasetVersion = storeDatasetVersion(project, manifest)
    const numbers = runs.map(({ plan, origin }, index) => {
      const ofRun = weights[index] ?? null
      const number = insertRun(project, {
        name: origin.name?.trim() || `${plan.backbone}, ${plan.mode}`,
        plan: JSON.stringify(plan),
        classes: JSON.stringify(manifest.classes),
        counts,
        dataset_version: datasetVersion,
        weights_sha256: ofRun?.sha256 ?? null,
        created_at: Date.now(),
        recipe: origin.recipe ?? null,
        group_number: group ?? origin.group ?? null,
      })
      // Within the transaction: no run without its files, and on a full disk neither.
      written.push(runFolder(project, number))
      writeRunFiles(project, number, {
        plan,
        own: backbones[index]?.own,
        manifest,
        datasetVersion,
        weights: ofRun,
      })
      return number
    })
    return { group, numbers }
  }
  let stored: ReturnType<typeof store>
  try {
    stored = project.transaction(store)
  } catch (error) {
    for (const folder of written) rmSync(folder, { recursive: true, force: true })
    throw error
  }
  const { group, numbers } = stored
  numbers.forEach((number, index) => {
    publish('runs.changed', { projectId: project.id, run: toRun(findRun(project, runIdOf(number))) })
    const { plan } = runs[index] as { plan: TrainPlan }
    const own = backbones[index]?.own
    queue.add({ project, number, plan, own, weights: weights[index] ?? null, resume: false })
  })
  return { runs: numbers.map((number) => toRun(findRun(project, runIdOf(number)))), group }
}

/** Waits until what can be read was read. */
async function imagesNotices(project: OpenProject, signal: AbortSignal): Promise<Notice[]> {
  const { waitedFor, left } = await waitForImages(project, 'labelled', signal)
  const notices: Notice[] = []
  if (waitedFor > left) {
    notices.push({
      code: 'waited-for-import',
      message: `Training waited until ${waitedFor - left} images were read.`,
      details: { images: waitedFor - left },
    })
  }
  if (left > 0) {
    notices.push({
      code: 'images-left-out',
      message: `${left} images were never read and are left out. Import their folder again to use them.`,
      details: { images: left },
    })
  }
  return notices
}
