import { mkdirSync, rmSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Evaluation, Prediction, SkippedFile, Split } from '../../contract/entities.ts'
import { AppError } from '../../contract/errors.ts'
import type { JobEvent } from '../../contract/jobs.ts'
import type { WeightsFolders } from '../backbones/installed-weights.ts'
import { evaluateSplit } from '../evaluation/evaluate-split.ts'
import { readPredictions, readProbabilities, storePredictions } from '../evaluation/stored-predictions.ts'
import { pathFinder } from '../images/path-finder.ts'
import type { Trainers } from '../processes/trainers.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import type { RunRow } from '../store/tables/runs.ts'
import { readManifest, runFolder } from './run-files.ts'
import { requireModel, weightsOf } from './run-model.ts'
import { runIdOf, toRun } from './stored-runs.ts'

/** What predicting needs. */
export type PredictDeps = WeightsFolders & {
  trainers: Trainers
  onEvent?: (event: JobEvent) => void
  /** Of the project's closing. */
  signal: AbortSignal
  /** Whether jobs that a person waits for end it. */
  givesWay?: boolean
}

interface Probabilities {
  classes: string[]
  /** Indexes into the paths given, one for each row. */
  rows: number[]
  /** `[rows, classes]` */
  values: Float32Array
  skipped: SkippedFile[]
}

/**
 * Classes of files, and of every file in folders, by a run's model.
 *
 * @param top at most so many classes each, the most probable first
 * @throws AppError 'source-not-found', 'run-has-no-model', and the trainer's own
 */
export async function predictPaths(
  deps: PredictDeps,
  project: OpenProject,
  run: RunRow,
  given: readonly string[],
  top: number,
): Promise<{ predictions: Prediction[]; skipped: SkippedFile[] }> {
  requireModel(run)
  const paths = (await Promise.all(given.map(filesOf))).flat()
  const { classes, predicted, skipped } = await predictFiles(deps, project, run, paths)
  return {
    predictions: predicted.map(({ path, probabilities }) => ({
      path,
      top: topOf(classes, probabilities, top),
    })),
    skipped,
  }
}

/** What a run says of files. */
export interface PredictedFiles {
  readonly classes: readonly string[]
  /** In the order of the paths. */
  readonly predicted: readonly { readonly path: string; readonly probabilities: Float32Array }[]
  readonly skipped: SkippedFile[]
}

/** As `predictPaths`, of files alone; those that are not there are skipped as others that cannot be read. */
export async function predictFiles(
  deps: PredictDeps,
  project: OpenProject,
  run: RunRow,
  paths: readonly string[],
): Promise<PredictedFiles> {
  requireModel(run)
  if (paths.length === 0) return { classes: toRun(run).classes, predicted: [], skipped: [] }
  const absolute = paths.map((path) => resolve(path))
  const { classes, rows, values, skipped } = await predictProbabilities(deps, project, run, absolute)
  const givenAs = new Map(absolute.map((path, index) => [path, paths[index] ?? path]))
  return {
    classes,
    predicted: rows.map((pathIndex, row) => ({
      path: paths[pathIndex] ?? '',
      probabilities: values.subarray(row * classes.length, (row + 1) * classes.length),
    })),
    skipped: skipped.map((file) => ({ ...file, path: givenAs.get(file.path) ?? file.path })),
  }
}

/** The likeliest classes, the most probable first. */
export function topOf(
  classes: readonly string[],
  probabilities: Float32Array,
  top: number,
): Prediction['top'] {
  return classes
    .map((name, index) => ({ class: name, probability: probabilities[index] ?? 0 }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, top)
}

/**
 * Predicts a split of the run's own dataset version again from the stored model.
 *
 * @throws AppError 'run-has-no-model', 'no-test-images' where the split is empty, 'image-missing' where none of its files can be read
 */
export async function evaluateAgain(
  deps: PredictDeps,
  project: OpenProject,
  run: RunRow,
  split: Split,
): Promise<Evaluation> {
  requireModel(run)
  const manifest = readManifest(project, run.number)
  const images = manifest.images.filter((image) => image.split === split)
  if (images.length === 0) {
    throw new AppError(
      'no-test-images',
      `${runIdOf(run.number)} saw no image of the ${split} split. Choose one of: ${presentSplits(run).join(', ')}.`,
      { split, splits: presentSplits(run) },
    )
  }
  const currentPath = pathFinder(project)
  const paths = images.map((image) => currentPath(image.sha256) ?? image.path)
  const { classes, rows, values, skipped } = await predictProbabilities(deps, project, run, paths)
  const truths = Int32Array.from(rows, (row) => images[row]?.classIndex ?? -1)
  const predictions = {
    hashes: rows.map((row) => images[row]?.sha256 ?? ''),
    truths,
    probabilities: values,
  }
  const evaluation = await evaluateSplit(split, predictions, classes)
  if (evaluation) {
    // What a page shows beside the numbers is made from these.
    if (readPredictions(project, run.number, split) === null)
      storePredictions(project, run.number, split, predictions)
    return evaluation
  }
  throw new AppError(
    'image-missing',
    `None of the ${images.length} images of the ${split} split can be read (${skipped[0]?.path ?? ''}: ${skipped[0]?.detail ?? ''}). Put the files back where they were imported from.`,
    { split, images: images.length },
  )
}

/** Probabilities of files by a run's model. @throws AppError 'cancelled', and the trainer's own */
export async function predictProbabilities(
  { resourcesDir, dataDir, trainers, onEvent, signal, givesWay = false }: PredictDeps,
  project: OpenProject,
  run: RunRow,
  paths: string[],
): Promise<Probabilities> {
  const { plan } = toRun(run)
  const folder = join(project.folders.cache, 'jobs')
  mkdirSync(folder, { recursive: true })
  const outPath = join(folder, `${crypto.randomUUID()}.f32`)
  try {
    const { rows, classes, skipped } = await trainers.runShort(
      'predict',
      {
        runFolder: runFolder(project, run.number),
        paths,
        weights: await weightsOf({ resourcesDir, dataDir }, project, run),
        engine: plan.engine,
        outPath,
      },
      { onEvent, signal, givesWay },
    )
    return { rows, classes, skipped, values: readProbabilities(outPath, rows.length, classes.length) }
  } finally {
    rmSync(outPath, { force: true })
  }
}

function presentSplits(run: RunRow): string[] {
  return Object.entries(toRun(run).counts).flatMap(([split, images]) => (images > 0 ? [split] : []))
}

/** The file, or every file below the folder in the order of names, hidden ones left out. */
async function filesOf(path: string): Promise<string[]> {
  const stats = await stat(path).catch(() => {
    throw new AppError('source-not-found', `There is no file or folder at ${path}. Check the path.`, { path })
  })
  if (!stats.isDirectory()) return [path]
  const entries = await readdir(path, { withFileTypes: true, recursive: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(
      (file) =>
        !file
          .slice(path.length)
          .split(/[\\/]/)
          .some((part) => part.startsWith('.')),
    )
    .sort()
}
