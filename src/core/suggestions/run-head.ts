import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Run } from '../../contract/entities.ts'
import type { HeadImage, JobEvent, JobOutput } from '../../contract/jobs.ts'
import { findBackbone } from '../../models/catalog.ts'
import { trainPlanSchema } from '../../contract/train-plan.ts'
import { installedWeights } from '../backbones/installed-weights.ts'
import type { CoreContext } from '../context.ts'
import type { Trainers } from '../processes/trainers.ts'
import { classByName } from '../labels/classes.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { markUnreadable } from '../runs/mark-unreadable.ts'
import { waitForImages } from '../runs/wait-for-images.ts'
import { featureCache } from '../storage/budgets.ts'
import { storePredictions } from './image-predictions.ts'
import { readHeadData, type HeadData } from './labelled-images.ts'
import { predictByRun } from './predict-by-run.ts'
import {
  deleteOldFiles,
  featuresFile,
  hasFeatures,
  readChosenRun,
  readHead,
  storeFeatureIds,
  storeHead,
  suggestionsFolder,
} from './stored-head.ts'
import { writeHeadImages } from './write-head-images.ts'

export type HeadDeps = Pick<CoreContext, 'resourcesDir' | 'dataDir' | 'log' | 'publish'> & {
  trainers: Trainers
  onEvent: (event: JobEvent) => void
  /** Of the project's closing, or of a person who has no use for it any more. */
  signal: AbortSignal
  /** Whether jobs that a person waits for end it. */
  givesWay: boolean
}

/**
 * Fits a head to the labels there are, with the backbone and the input size of a plan's defaults, and stores what it says of every image; of
 * those without a label what the model of a run says, where a person chose one.
 *
 * @returns false where there is no image, or the newest head knows these labels already
 * @throws AppError 'weights-missing', 'cancelled', and the trainer's own
 */
export async function runHead(deps: HeadDeps, project: OpenProject): Promise<boolean> {
  // Who waits for it means all images that are being read.
  if (!deps.givesWay) await waitForImages(project, 'all', deps.signal)
  const data = await readHeadData(project, deps.signal)
  const run = readChosenRun(project)
  const version = run ? `${data.version} ${run.id} ${run.modelSha256}` : data.version
  const known = readHead(project)
  if (data.images.length === 0 || (known?.version === version && hasFeatures(project, known))) return false
  const weights = await installedWeights(deps, findBackbone(trainPlanSchema.parse({}).backbone))
  const files = crypto.randomUUID()
  const folder = suggestionsFolder(project)
  const imagesPath = join(folder, `${files}-images.json`)
  const probabilitiesPath = join(folder, `${files}-probabilities.f32`)
  try {
    await writeHeadImages(imagesPath, data.images)
    const input = {
      imagesPath,
      classes: data.classIds.length,
      labels: [...data.labels],
      weights,
      engine: 'auto' as const,
      probabilitiesPath,
      featuresPath: featuresFile(project, files),
      cache: featureCache(deps, project),
    }
    const { onEvent, signal, givesWay } = deps
    const output = await deps.trainers.runShort('head', input, { onEvent, signal, givesWay })
    const probabilities = new Float32Array(new Uint8Array(await readFile(probabilitiesPath)).buffer)
    if (run) await proposeByRun(deps, project, run, data, probabilities)
    await keep(deps, project, { files, data, output, probabilities, version, run })
    return true
  } finally {
    await Promise.all([imagesPath, probabilitiesPath].map((path) => rm(path, { force: true })))
  }
}

/** Writes what the run's model says over the rows of images without a label; classes that are no more are left out. */
async function proposeByRun(
  deps: HeadDeps,
  project: OpenProject,
  run: Run,
  { images, labels, classIds }: HeadData,
  probabilities: Float32Array,
): Promise<void> {
  const unlabelled = labels.flatMap((label, position) => (label < 0 ? [position] : []))
  const asked = unlabelled.map((position) => images[position] as HeadImage)
  const predicted = await predictByRun(deps, project, run, asked)
  const width = classIds.length
  const places = run.classes.map((name) => classIds.indexOf(classByName(project, name)?.id ?? -1))
  unlabelled.forEach((position, index) => {
    const row = probabilities.subarray(position * width, (position + 1) * width)
    const values = predicted[index]
    row.fill(values ? 0 : NaN)
    values?.forEach((value, from) => {
      const place = places[from] ?? -1
      if (place >= 0) row[place] = value
    })
  })
}

async function keep(
  deps: HeadDeps,
  project: OpenProject,
  result: {
    files: string
    data: HeadData
    output: JobOutput<'head'>
    probabilities: Float32Array
    version: string
    run: Run | null
  },
): Promise<void> {
  const { files, data, output, probabilities, version, run } = result
  const { imageIds, images, classIds } = data
  storeFeatureIds(project, files, imageIds)
  await storePredictions(project, imageIds, classIds, probabilities, deps.signal)
  const { source, labelled, accuracy, curve, seconds, features: width, skipped } = output
  project.transaction(() =>
    storeHead(project, {
      source: run ? 'run' : source,
      labelled,
      images: imageIds.length,
      accuracy: run ? run.valAccuracy : accuracy,
      runId: run?.id ?? null,
      createdAt: Date.now(),
      seconds,
      version,
      curve,
      files,
      width,
    }),
  )
  deleteOldFiles(project, files)
  const shaOf = new Map(images.map(({ path, sha256 }) => [path, sha256]))
  markUnreadable(
    deps,
    project,
    skipped.map(({ path, reason, detail }) => ({ path, reason, detail })),
    shaOf,
  )
}
