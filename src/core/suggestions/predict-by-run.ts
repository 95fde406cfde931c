import type { Run } from '../../contract/entities.ts'
import type { HeadImage, JobEvent } from '../../contract/jobs.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { predictProbabilities, type PredictDeps } from '../runs/predict.ts'
import { findRun } from '../runs/stored-runs.ts'

/** So many at a time: what was predicted stays where the work is broken off. */
const imagesAtOnce = 1000

/** What a run's model said of images, by their sha256; null: the image cannot be read. */
interface KnownPredictions {
  modelSha256: string
  rows: Map<string, Float32Array | null>
}
const known = new WeakMap<OpenProject, KnownPredictions>()

/**
 * Predicts images by the model of a run; those it was asked of since the project was opened it is not asked of again.
 *
 * @returns of each image a row in the order of `run.classes`; null where it cannot be read
 * @throws AppError 'run-not-found', 'weights-missing', 'cancelled', and the trainer's own
 */
export async function predictByRun(
  deps: PredictDeps,
  project: OpenProject,
  run: Run,
  images: readonly HeadImage[],
): Promise<(Float32Array | null)[]> {
  const modelSha256 = run.modelSha256 ?? ''
  const before = known.get(project)
  const { rows } = before?.modelSha256 === modelSha256 ? before : { rows: new Map() }
  known.set(project, { modelSha256, rows })
  const open = images.filter(({ sha256 }) => !rows.has(sha256))
  for (let first = 0; first < open.length; first += imagesAtOnce) {
    const part = open.slice(first, first + imagesAtOnce)
    const onEvent = (event: JobEvent): void => deps.onEvent?.(ofAll(event, first, open.length))
    const predicted = await predictProbabilities(
      { ...deps, onEvent },
      project,
      findRun(project, run.id),
      part.map(({ path }) => path),
    )
    const width = predicted.classes.length
    for (const { sha256 } of part) rows.set(sha256, null)
    predicted.rows.forEach((place, row) => {
      const image = part[place]
      if (image) rows.set(image.sha256, predicted.values.slice(row * width, (row + 1) * width))
    })
  }
  return images.map(({ sha256 }) => rows.get(sha256) ?? null)
}

/** Progress of one part as progress of all. */
function ofAll(event: JobEvent, before: number, total: number): JobEvent {
  if (event.type !== 'progress') return event
  const done = before + event.done
  const { ratePerSecond } = event
  return { ...event, done, total, secondsLeft: ratePerSecond ? (total - done) / ratePerSecond : null }
}
