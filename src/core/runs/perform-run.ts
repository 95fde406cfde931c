import { join } from 'node:path'
import type { Run, RunStatus } from '../../contract/entities.ts'
import { AppError, toErrorPayload, type ErrorPayload } from '../../contract/errors.ts'
import type { JobEvent, JobInput, JobOutput, Manifest } from '../../contract/jobs.ts'
import type { CoreContext } from '../context.ts'
import { forgetEvaluationSettings } from '../evaluation/evaluation-settings.ts'
import { readProbabilities, storePredictions } from '../evaluation/stored-predictions.ts'
import type { TrainerClient, TrainerJob } from '../processes/trainer-client.ts'
import type { Trainers } from '../processes/trainers.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { markUnreadable } from './mark-unreadable.ts'
import { appendMetrics, completeMetrics, pointsOf, rewindMetrics } from './metric-log.ts'
import { featureCache } from '../storage/budgets.ts'
import { packCurves } from './run-curves.ts'
import { readManifest, runFolder } from './run-files.ts'
import { reportProgress, type ProgressReporter } from './run-progress.ts'
import { storeSamples } from './run-samples.ts'
import { changeRun, runIdOf, type RunChange } from './stored-runs.ts'

/** A run that waits for its turn or trains. */
export interface ScheduledRun {
  readonly project: OpenProject
  readonly number: number
  readonly plan: JobInput<'fit'>['plan']
  readonly own: JobInput<'fit'>['own']
  readonly weights: JobInput<'fit'>['weights']
  /** What was asked of it; decides the status it ends with. */
  wish: 'finish' | 'stop' | 'cancel' | 'interrupt'
  /** Waits between two batches, by request. */
  paused: boolean
  /** Goes on from a checkpoint, where there is one. */
  readonly resume: boolean
  client?: TrainerClient
  job?: TrainerJob<'fit'>
  progress?: ProgressReporter
}

type Deps = Pick<CoreContext, 'publish' | 'log' | 'dataDir'> & { trainers: Trainers }

/** Trains one run to its end, whatever that is; rows are stored before they are published. Never rejects. */
export async function performRun(deps: Deps, run: ScheduledRun): Promise<void> {
  const { log, publish } = deps
  const { project, number } = run
  const runId = runIdOf(number)
  let listenerError: Error | undefined
  const change = (columns: RunChange): Run => {
    const changed = changeRun(project, number, columns)
    publish('runs.changed', { projectId: project.id, run: changed })
    return changed
  }
  try {
    const started = change({
      status: 'running',
      started_at: Date.now(),
      ...(run.resume ? { resumed_from_epoch: 0 } : {}),
    })
    const progress = reportProgress(runId, started.counts.train, run.plan.epochs, (latest) =>
      publish('runs.progress', { projectId: project.id, progress: latest }),
    )
    run.progress = progress
    const client = deps.trainers.start()
    run.client = client
    const folder = runFolder(project, number)
    run.job = client.run(
      'fit',
      {
        runFolder: folder,
        manifestPath: join(folder, 'manifest.json'),
        plan: run.plan,
        own: run.own,
        weights: run.weights,
        cache: featureCache(deps, project),
        resume: run.resume,
      },
      (event) => {
        try {
          onEvent(deps, run, progress, event, change)
        } catch (error) {
          // Such as a full disk: a run whose curves cannot be kept ends, with the reason.
          listenerError ??= error instanceof Error ? error : new Error(String(error))
          run.job?.cancel()
        }
      },
    )
    if (run.wish === 'stop' || run.wish === 'cancel') run.job[run.wish]()
    if (run.paused) run.job.pause()
    const output = await run.job.result
    if (listenerError) throw listenerError
    complete(deps, run, readManifest(project, number), output, change)
  } catch (error) {
    end(deps, run, listenerError ?? error, change)
  } finally {
    run.progress?.end()
    await run.client
      ?.close()
      .catch((error: unknown) => log.error({ error, run: runId }, 'trainer did not end'))
  }
}

function onEvent(
  { publish, log }: Deps,
  { project, number }: ScheduledRun,
  progress: ProgressReporter,
  event: JobEvent,
  change: (columns: RunChange) => Run,
): void {
  switch (event.type) {
    case 'engine':
      change({
        engine: event.engine,
        device: event.device,
        engine_version: event.version,
        threads: event.threads,
        engines_rejected: JSON.stringify(event.rejected),
      })
      return
    case 'model':
      change({ trainable_parameters: event.trainableParameters, total_parameters: event.totalParameters })
      return
    case 'phaseBegin':
    case 'batchEnd': {
      const rows = appendMetrics(project, number, pointsOf(event))
      publish('runs.metricLogged', { projectId: project.id, runId: runIdOf(number), rows })
      if (event.type === 'batchEnd') progress.update(event)
      return
    }
    case 'epochEnd': {
      const { epoch, valAccuracy, valLoss } = event.epoch
      const columns = { epochs_done: epoch, validation_accuracy: valAccuracy, validation_loss: valLoss }
      const { rows, run, samples } = project.transaction(() => ({
        rows: appendMetrics(project, number, pointsOf(event)),
        samples: event.samples?.length ? storeSamples(project, number, epoch, event.samples) : null,
        run: changeRun(project, number, columns),
      }))
      publish('runs.metricLogged', { projectId: project.id, runId: run.id, rows, toldAt: event.at })
      if (samples) publish('runs.samples', { projectId: project.id, runId: run.id, samples })
      publish('runs.changed', { projectId: project.id, run })
      return
    }
    case 'resumed': {
      const { rows, run } = project.transaction(() => ({
        rows: [
          ...completeMetrics(project, number, event.ended),
          ...rewindMetrics(project, number, event.epoch),
        ],
        run: changeRun(project, number, { resumed_from_epoch: event.epoch, epochs_done: event.epoch }),
      }))
      publish('runs.metricLogged', { projectId: project.id, runId: run.id, rows })
      publish('runs.changed', { projectId: project.id, run })
      return
    }
    case 'progress':
      return progress.update(event)
    case 'checkpoint':
      return
    case 'notice':
      log.info({ run: runIdOf(number), code: event.code }, event.message)
  }
}

function complete(
  deps: Deps,
  { project, number }: ScheduledRun,
  manifest: Manifest,
  output: JobOutput<'fit'>,
  change: (columns: RunChange) => Run,
): void {
  const skipped = new Set(output.skipped.map(({ path }) => path))
  const predictions = output.predictions.map(({ split, path, images }) => {
    const rows = manifest.images.filter((image) => image.split === split && !skipped.has(image.path))
    if (rows.length !== images) {
      throw new AppError(
        'internal',
        `The trainer predicted ${images} images of ${split}; ${rows.length} were expected.`,
      )
    }
    return {
      split,
      hashes: rows.map(({ sha256 }) => sha256),
      truths: Int32Array.from(rows, ({ classIndex }) => classIndex),
      probabilities: readProbabilities(path, images, manifest.classes.length),
    }
  })
  const last = output.epochs.at(-1)
  project.transaction(() => {
    forgetEvaluationSettings(project, number)
    for (const { split, ...values } of predictions) storePredictions(project, number, split, values)
    changeRun(project, number, {
      status: output.status,
      ended_at: Date.now(),
      epochs_done: output.epochs.length,
      best_epoch: output.bestEpoch,
      trainable_parameters: output.trainableParameters,
      total_parameters: output.totalParameters,
      model_sha256: output.modelSha256,
      validation_accuracy: output.validation?.accuracy ?? last?.valAccuracy ?? null,
      validation_loss: output.validation?.loss ?? last?.valLoss ?? null,
      test: output.test && JSON.stringify(output.test),
      seconds: JSON.stringify(output.seconds),
      peak_rss_bytes: output.peakRssBytes,
      error: null,
    })
    packCurves(project, number)
  })
  change({ status: output.status })
  markUnreadable(
    deps,
    project,
    output.skipped,
    new Map(manifest.images.map((image) => [image.path, image.sha256])),
  )
}

function end(
  { log }: Deps,
  { number, wish, plan }: ScheduledRun,
  error: unknown,
  change: (columns: RunChange) => Run,
): void {
  const logId = error instanceof AppError ? undefined : crypto.randomUUID().slice(0, 8)
  const payload = withSmallerBatch(toErrorPayload(error, logId), plan.batchSize)
  const status: RunStatus =
    wish === 'interrupt'
      ? 'interrupted'
      : (wish === 'stop' || wish === 'cancel') && payload.code === 'cancelled'
        ? 'stopped'
        : 'failed'
  log.warn({ err: error, run: runIdOf(number), status, logId }, 'run did not complete')
  try {
    change({
      status,
      ended_at: Date.now(),
      error: status === 'stopped' ? null : JSON.stringify(status === 'interrupted' ? interruption : payload),
    })
  } catch (failure) {
    // It stays as it was in the database, and counts as interrupted when the project is opened again.
    log.error({ err: failure, run: runIdOf(number) }, 'the end of a run could not be stored')
  }
}

/** Half of a batch that did not fit into memory often does. */
function withSmallerBatch(payload: ErrorPayload, batchSize: number): ErrorPayload {
  if (payload.code !== 'out-of-memory' || batchSize === 1) return payload
  const details = { ...payload.details, batchSize, suggestedBatchSize: Math.floor(batchSize / 2) }
  return { ...payload, details }
}

/** Why a run that was ended with the program, or with its project, did not finish. */
export const interruption = {
  code: 'cancelled',
  message: 'The project was closed while this run was not finished. Resume it to train it to its end.',
  details: {},
} as const
