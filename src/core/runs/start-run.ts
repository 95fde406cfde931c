import type { Notice, Run } from '../../contract/entities.ts'
import type { TrainPlan } from '../../contract/train-plan.ts'
import { findBackbone } from '../../models/catalog.ts'
import { trainingModeDefinitions } from '../../models/training/modes.ts'
import { installedWeights } from '../backbones/installed-weights.ts'
import type { CoreContext } from '../context.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { ensureSplits } from '../splits/ensure-splits.ts'
import { checkImages, checkPlan, checkSplits } from './check-plan.ts'
import { labelledImages, storeDatasetVersion, toManifest } from './dataset-version.ts'
import { writeRunFiles } from './run-files.ts'
import type { RunQueue } from './run-queue.ts'
import { findRun, insertRun, runIdOf, toRun } from './stored-runs.ts'
import { waitForImages } from './wait-for-images.ts'

export type StartRunDeps = Pick<CoreContext, 'publish' | 'log' | 'resourcesDir'> & { queue: RunQueue }

/** What a run is apart from its plan. */
export interface RunOrigin {
  name?: string | undefined
  recipe?: string | null
  /** The number of its group. */
  group?: number | null
}

/**
 * Checks a plan against the project, freezes what the run will see, stores the run and queues it.
 *
 * @param signal of the project's closing
 * @throws AppError when nothing was stored: 'backbone-not-found', 'layer-not-found', 'plan-invalid', 'weights-missing',
 *   'too-few-images', 'too-few-classes', 'disk-full'
 */
export async function startRun(
  deps: StartRunDeps,
  project: OpenProject,
  plan: TrainPlan,
  { name, recipe = null, group = null }: RunOrigin,
  signal: AbortSignal,
): Promise<{ run: Run; notices: Notice[] }> {
  const { publish, queue, resourcesDir } = deps
  checkPlan(plan, 2)
  const { pretrained } = trainingModeDefinitions[plan.mode]
  const weights = pretrained ? await installedWeights(resourcesDir, findBackbone(plan.backbone)) : null

  const notices: Notice[] = await imagesNotices(project, signal)
  checkImages(labelledImages(project))
  notices.push(...ensureSplits(deps, project, plan.seed))
  const manifest = toManifest(labelledImages(project))
  notices.push(...checkSplits(plan, manifest))
  checkPlan(plan, manifest.classes.length)

  const count = (split: string): number => manifest.images.filter((image) => image.split === split).length
  const number = project.transaction(() => {
    const datasetVersion = storeDatasetVersion(project, manifest)
    const inserted = insertRun(project, {
      name: name?.trim() || `${plan.backbone}, ${plan.mode}`,
      plan: JSON.stringify(plan),
      classes: JSON.stringify(manifest.classes),
      counts: JSON.stringify({ train: count('train'), validation: count('validation'), test: count('test') }),
      dataset_version: datasetVersion,
      weights_sha256: weights?.sha256 ?? null,
      created_at: Date.now(),
      recipe,
      group_number: group,
    })
    // Within the transaction: no run without its files, and on a full disk neither.
    writeRunFiles(project, inserted, plan, manifest, datasetVersion, weights)
    return inserted
  })
  const id = runIdOf(number)
  publish('runs.changed', { projectId: project.id, run: toRun(findRun(project, id)) })
  queue.add({ project, number, plan, weights, resume: false })
  return { run: toRun(findRun(project, id)), notices }
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
