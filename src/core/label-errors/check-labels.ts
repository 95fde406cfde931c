import { readFile, rm } from 'node:fs/promises'
import { AppError } from '../../contract/errors.ts'
import type { JobEvent, JobOutput } from '../../contract/jobs.ts'
import { findLabelSuspects } from '../../metrics/index.ts'
import { installedWeights } from '../backbones/installed-weights.ts'
import type { CoreContext } from '../context.ts'
import { backboneOf } from '../own-backbones/own-backbones.ts'
import type { Trainers } from '../processes/trainers.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { markUnreadable } from '../runs/mark-unreadable.ts'
import { waitForImages } from '../runs/wait-for-images.ts'
import { groupNumbers, imageGroups } from '../splits/image-groups.ts'
import { featureCache } from '../storage/budgets.ts'
import { writeFileDurably } from '../store/write-file-durably.ts'
import type { LabelSuspectRow } from '../store/tables/label-suspects.ts'
import { readHeadData, type HeadData } from '../suggestions/labelled-images.ts'
import { writeHeadImages } from '../suggestions/write-head-images.ts'
import { storeSuspects } from './list-suspects.ts'
import { checkFiles, deleteOldChecks, storeCheck } from './stored-check.ts'

export const foldCount = 5
/** Fewer are looked through faster than a head learns from them. */
export const fewestImages = 10

type Deps = Pick<CoreContext, 'resourcesDir' | 'dataDir' | 'log' | 'publish'> & {
  trainers: Trainers
  onEvent: (event: JobEvent) => void
  /** Of the project's closing, or of the person who asked. */
  signal: AbortSignal
}

/**
 * Looks at every labelled image by a head that did not see it, and stores those that it takes for another class. Near duplicates that a scan found,
 * and bursts, are in one fold: each would vouch for the other's label.
 *
 * @returns how many suspects there are
 * @throws AppError 'backbone-not-found', 'weights-missing', 'too-few-images', 'too-few-classes', 'cancelled', and the trainer's own
 */
export async function checkLabels(
  deps: Deps,
  project: OpenProject,
  { backbone: id, seed }: { backbone: string; seed: number },
): Promise<number> {
  const start = performance.now()
  const backbone = backboneOf(deps.dataDir, id)
  const weights = await installedWeights(deps, backbone)
  await waitForImages(project, 'labelled', deps.signal)
  const data = labelledOnly(await readHeadData(project, deps.signal))
  requireEnough(data)
  const files = crypto.randomUUID()
  const paths = checkFiles(project, files)
  const imagesPath = `${paths.examined}.images`
  try {
    await writeHeadImages(imagesPath, data.images)
    const numbers = groupNumbers(imageGroups(project))
    const input = {
      imagesPath,
      classes: data.classIds.length,
      labels: [...data.labels],
      // Ids of images and numbers of groups must not meet.
      groups: data.imageIds.map((imageId) => numbers.get(imageId) ?? -imageId),
      folds: foldCount,
      seed,
      weights,
      own: backbone.own,
      engine: 'auto' as const,
      probabilitiesPath: paths.probabilities,
      featuresPath: paths.features,
      cache: featureCache(deps, project),
    }
    const { onEvent, signal } = deps
    const output = await deps.trainers.runShort('crossValidate', input, { onEvent, signal })
    const bytes = await readFile(paths.probabilities)
    const suspects = suspectsOf(project, data, new Float32Array(new Uint8Array(bytes).buffer))
    if (signal.aborted) {
      throw new AppError(
        'cancelled',
        'The search for label errors was cancelled; what was found before stays.',
      )
    }
    keep(project, { id, files, data, output, suspects, seconds: (performance.now() - start) / 1000 })
    deleteOldChecks(project, files)
    markUnreadable(
      deps,
      project,
      output.skipped.map(({ path, reason, detail }) => ({ path, reason, detail })),
      new Map(data.images.map(({ path, sha256 }) => [path, sha256])),
    )
    return suspects.length
  } catch (error) {
    await Promise.all(Object.values(paths).map((path) => rm(path, { force: true })))
    throw error
  } finally {
    await rm(imagesPath, { force: true })
  }
}

function labelledOnly(all: HeadData): HeadData {
  const places = all.labels.flatMap((label, place) => (label >= 0 ? [place] : []))
  return {
    ...all,
    imageIds: places.map((place) => all.imageIds[place] as number),
    images: places.map((place) => all.images[place] as HeadData['images'][number]),
    labels: places.map((place) => all.labels[place] as number),
  }
}

function requireEnough({ labels, imageIds }: HeadData): void {
  if (imageIds.length < fewestImages) {
    throw new AppError(
      'too-few-images',
      `At least ${fewestImages} labelled images are needed to look for label errors; there are ${imageIds.length}. Label more of them.`,
      { images: imageIds.length, needed: fewestImages },
    )
  }
  const classes = new Set(labels).size
  if (classes < 2) {
    throw new AppError(
      'too-few-classes',
      `At least 2 classes are needed to look for label errors; the labelled images are of ${classes}. Label images of another class.`,
      { classes },
    )
  }
}

function suspectsOf(project: OpenProject, data: HeadData, probabilities: Float32Array): LabelSuspectRow[] {
  const { imageIds, labels, classIds } = data
  const width = classIds.length
  const read = imageIds.flatMap((_, row) => (Number.isNaN(probabilities[row * width]) ? [] : [row]))
  const ofRead = new Float32Array(read.length * width)
  read.forEach((row, place) =>
    ofRead.set(probabilities.subarray(row * width, (row + 1) * width), place * width),
  )
  const judged = read.map((row) => labels[row] as number)
  const settled = settledImages(project)
  return findLabelSuspects(ofRead, judged, width).flatMap(
    ({ row: place, given, suggested, quality, isError }) => {
      const imageId = imageIds[read[place] as number] as number
      const givenClass = classIds[given] as number
      if (settled.has(`${imageId} ${givenClass}`) || settled.has(`${imageId}`)) return []
      return [
        {
          image_id: imageId,
          given_class_id: givenClass,
          suggested_class_id: classIds[suggested] as number,
          given_probability: ofRead[place * width + given] as number,
          suggested_probability: ofRead[place * width + suggested] as number,
          score: 1 - quality,
          is_likely: Number(isError),
        },
      ]
    },
  )
}

/** Labels that a person confirmed, as `image class`; and images of several classes, of which a head that knows one cannot judge. */
function settledImages({ database }: OpenProject): Set<string> {
  const confirmed = database
    .prepare<[], string>("SELECT image_id || ' ' || class_id FROM confirmed_labels")
    .pluck()
    .all()
  const several = database
    .prepare<[], string>(
      `SELECT CAST(image_id AS TEXT) FROM annotations JOIN classes ON classes.id = class_id AND deleted_at IS NULL
       GROUP BY image_id HAVING count(*) > 1`,
    )
    .pluck()
    .all()
  return new Set([...confirmed, ...several])
}

function keep(
  project: OpenProject,
  result: {
    id: string
    files: string
    data: HeadData
    output: JobOutput<'crossValidate'>
    suspects: readonly LabelSuspectRow[]
    seconds: number
  },
): void {
  const { id, files, data, output, suspects, seconds } = result
  const { imageIds, labels, classIds } = data
  const examined = { imageIds, labels: labels.map((label) => classIds[label]), classIds }
  writeFileDurably(checkFiles(project, files).examined, JSON.stringify(examined))
  project.transaction(() => {
    storeSuspects(project, suspects)
    storeCheck(project, {
      backbone: id,
      createdAt: Date.now(),
      seconds,
      images: imageIds.length - output.skipped.length,
      folds: output.folds,
      accuracy: output.accuracy,
      files,
      width: output.features,
    })
  })
}
