import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { JobEvent, JobInput, JobOutput } from '../../contract/jobs.ts'
import type { TrainPlan } from '../../contract/train-plan.ts'
import { trainingModeDefinitions } from '../../models/training/modes.ts'
import { installedWeights } from '../backbones/installed-weights.ts'
import type { CoreContext } from '../context.ts'
import { backboneOf } from '../own-backbones/own-backbones.ts'
import type { Trainers } from '../processes/trainers.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { featureCache } from '../storage/budgets.ts'
import { writeFileDurably } from '../store/write-file-durably.ts'
import { checkImages, checkPlan } from './check-plan.ts'
import { labelledImages } from './dataset-version.ts'
import { trialManifest } from './trial-manifest.ts'

/** Jobs that try a plan out and keep nothing of it but features. */
export type TrialKind = 'estimate' | 'findLearningRate'

type Deps = Pick<CoreContext, 'resourcesDir' | 'dataDir' | 'log'> & {
  trainers: Trainers
  onEvent: (event: JobEvent) => void
  signal: AbortSignal
}

/**
 * Tries a plan on the images that a run would see now. It runs in a process of its own, so that its memory is that of a run and it does not
 * wait for other jobs; the project is not changed.
 *
 * @throws AppError 'backbone-not-found', 'layer-not-found', 'plan-invalid', 'weights-missing', 'too-few-images', 'too-few-classes', 'cancelled', and the trainer's own
 */
export async function tryPlan<Kind extends TrialKind>(
  deps: Deps,
  project: OpenProject,
  kind: Kind,
  plan: TrainPlan,
): Promise<JobOutput<Kind>> {
  const images = labelledImages(project)
  const backbone = backboneOf(deps.dataDir, plan.backbone)
  checkPlan(plan, backbone, 2)
  checkImages(images)
  const manifest = trialManifest(images, plan.seed)
  checkPlan(plan, backbone, manifest.classes.length)
  const { pretrained } = trainingModeDefinitions[plan.mode]
  const weights = pretrained ? await installedWeights(deps, backbone) : null
  const folder = join(project.folders.cache, 'jobs')
  const manifestPath = join(folder, `${crypto.randomUUID()}.json`)
  mkdirSync(folder, { recursive: true })
  writeFileDurably(manifestPath, JSON.stringify(manifest))
  const client = deps.trainers.start({ fresh: true })
  try {
    const { own } = backbone
    const input = { manifestPath, plan, own, weights, cache: featureCache(deps, project) } as JobInput<Kind>
    const job = client.run(kind, input, deps.onEvent)
    const cancel = (): void => job.cancel()
    deps.signal.addEventListener('abort', cancel, { once: true })
    if (deps.signal.aborted) cancel()
    try {
      return await job.result
    } finally {
      deps.signal.removeEventListener('abort', cancel)
    }
  } finally {
    await client.close()
    rmSync(manifestPath, { force: true })
  }
}
