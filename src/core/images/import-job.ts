import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { BackgroundJob, ImportReport } from '../../contract/entities.ts'
import { AppError, toErrorPayload } from '../../contract/errors.ts'
import type { CoreContext } from '../context.ts'
import { removeImages } from '../labels/remove-images.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { imageReadsOf, type UnreadImage } from './image-reads.ts'
import { finishImport } from './import-report.ts'

/** The reading of one import's images behind the person's back. */
export interface ImportJob {
  readonly id: string
  readonly importId: number
  state(): BackgroundJob
  /** The report, or the error that ended it. */
  readonly report: Promise<ImportReport>
  /** Stops; what was not read is taken out again, as a command that can be undone. */
  cancel(): void
  /** Stops and leaves the rest as it is, for the next time the project is opened. */
  pause(): Promise<void>
}

/** How many images wait in the imaging processes at once, for each of them: enough that none of them waits. */
const readsPerWorker = 32
const progressEveryMs = 150
const pauseLimitMs = 5000

/** In the order of images; those of an import that was undone too, since redo shows them again. */
function unreadImages({ database }: OpenProject, importId: number): (UnreadImage & { hidden: boolean })[] {
  type Row = { id: number; path: string; storage: string; removed_at: number | null }
  return database
    .prepare<[number], Row>(
      `SELECT images.id, images.path, imports.storage, removed_at
       FROM images JOIN imports ON imports.id = images.import_id
       WHERE images.import_id = ? AND status = 'pending' ORDER BY sort_key, images.path`,
    )
    .all(importId)
    .map(({ id, path, storage, removed_at }) => ({
      id,
      path,
      copy: storage === 'copy',
      hidden: removed_at !== null,
    }))
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}

/** Reads every image of an import that was not read yet, and finishes the import. */
export function startImportJob(context: CoreContext, project: OpenProject, importId: number): ImportJob {
  const id = randomUUID()
  const reads = imageReadsOf(context, project)
  const unread = unreadImages(project, importId)
  const startedAt = performance.now()
  let next = 0
  let done = 0
  let stop: 'cancel' | 'pause' | null = null
  let failure: Error | null = null
  let state: BackgroundJob['state'] = 'running'
  let publishedAt = 0

  function snapshot(): BackgroundJob {
    const seconds = (performance.now() - startedAt) / 1000
    const rate = done > 0 && seconds > 0.2 ? done / seconds : null
    return {
      id,
      kind: 'import',
      projectId: project.id,
      phase: 'reading',
      done,
      total: unread.length,
      ratePerSecond: rate,
      secondsLeft: rate === null || state !== 'running' ? null : (unread.length - done) / rate,
      state,
      error: failure === null ? null : toErrorPayload(failure),
    }
  }

  function publishProgress(always: boolean): void {
    const now = performance.now()
    if (!always && now - publishedAt < progressEveryMs) return
    publishedAt = now
    context.publish('jobs.progress', { projectId: project.id, job: snapshot() })
  }

  /** One of several that take images from the same list. */
  async function lane(): Promise<void> {
    while (stop === null && failure === null) {
      const image = unread[next]
      if (!image) return
      next += 1
      try {
        await reads.read(image, false)
      } catch (error) {
        failure ??= toError(error)
        return
      }
      done += 1
      publishProgress(false)
    }
  }

  function cancelled(): AppError {
    return new AppError(
      'cancelled',
      `The import was stopped after ${done} of ${unread.length} images. Those stay; the others were taken out. Import the folder again to read them.`,
      { done, total: unread.length },
    )
  }

  async function run(): Promise<ImportReport> {
    publishProgress(true)
    await Promise.all(Array.from({ length: context.imaging.workers * readsPerWorker }, lane))
    try {
      reads.flush()
    } catch (error) {
      failure ??= toError(error)
    }
    if (failure === null && stop === 'cancel') {
      failure = cancelled()
      const left = unreadImages(project, importId)
        .filter((image) => !image.hidden)
        .map((image) => image.id)
      if (left.length > 0) removeImages(context, project, left)
      finishImport(project, importId)
    }
    if (failure === null && stop === 'pause') {
      failure = new AppError(
        'cancelled',
        'The project was closed while images were read; the rest follows when it is opened again.',
      )
    }
    if (failure !== null) {
      state = failure instanceof AppError && failure.code === 'cancelled' ? 'cancelled' : 'failed'
      throw failure
    }
    const report = finishImport(project, importId)
    state = 'completed'
    context.publish('images.listChanged', { projectId: project.id })
    return report
  }

  const report = run()
    .catch((error: unknown) => {
      failure ??= toError(error)
      if (state === 'running') state = 'failed'
      if (state === 'failed') context.log.error({ error, project: project.path, importId }, 'import failed')
      throw error
    })
    .finally(() => publishProgress(true))
  report.then(
    (value) => context.publish('images.importFinished', { projectId: project.id, jobId: id, report: value }),
    () => context.publish('images.importFinished', { projectId: project.id, jobId: id, report: null }),
  )

  return {
    id,
    importId,
    state: snapshot,
    report,
    cancel() {
      stop ??= 'cancel'
    },
    async pause() {
      stop ??= 'pause'
      const ended = report.then(
        () => {},
        () => {},
      )
      // A file that is stuck does not keep the program from closing; what it gives is not stored then.
      await Promise.race([ended, delay(pauseLimitMs, undefined, { ref: false })])
    },
  }
}
