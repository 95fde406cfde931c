import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { BackgroundJob, ImportReport } from '../../contract/entities.ts'
import { AppError, toErrorPayload } from '../../contract/errors.ts'
import type { ImportCause } from '../../contract/events.ts'
import type { CoreContext } from '../context.ts'
import { removeImages } from '../labels/remove-images.ts'
import type { RequestParsedInput } from '../../contract/requests/index.ts'
import type { ImportScan, ImportWork } from '../importers/importer.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { rateSince } from '../runs/rate-since.ts'
import { toAppError } from '../store/to-app-error.ts'
import { imageReadsOf, type UnreadImage } from './image-reads.ts'
import { finishImport } from './import-report.ts'
import { picturesFolder } from './pictures-folder.ts'
import { removeStrays } from './remove-strays.ts'
import { registerImport } from './register-import.ts'

/** The reading of one import's images behind the person's back. */
export interface ImportJob {
  readonly id: string
  readonly importId: number
  state(): BackgroundJob
  /** The report, or the error that ended it. */
  readonly report: Promise<ImportReport>
  /** Stops; what was not read is taken out again, as a command that can be undone. */
  cancel(): void
  /** Stops after the images in work, until `resume`. */
  pause(): void
  resume(): void
  /** Stops and leaves the rest as it is, for the next time the project is opened. */
  suspend(): Promise<void>
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

/** Where an import's pictures are unpacked before they can be registered. */
export interface UnpackImport {
  input: RequestParsedInput<'images.import'>
  scan(work: ImportWork): Promise<ImportScan>
}

/** Unpacks an import's images where that is to be done, reads each that was not read yet, and finishes the import. */
export function startImportJob(
  context: CoreContext,
  project: OpenProject,
  importId: number,
  { by = 'person', unpack }: { by?: ImportCause; unpack?: UnpackImport } = {},
): ImportJob {
  const id = randomUUID()
  const reads = imageReadsOf(context, project)
  let unread = unpack ? [] : unreadImages(project, importId)
  let phase: 'unpacking' | 'reading' = unpack ? 'unpacking' : 'reading'
  let total = unread.length
  const stopping = new AbortController()
  let startedAt = performance.now()
  let next = 0
  let done = 0
  let stop: 'cancel' | 'suspend' | null = null
  /** While it is paused: since when, and what waits for its end. */
  let pause: (PromiseWithResolvers<void> & { since: number }) | null = null
  let failure: Error | null = null
  let state: BackgroundJob['state'] = 'running'
  let publishedAt = 0

  function snapshot(): BackgroundJob {
    const { ratePerSecond, secondsLeft } = rateSince(startedAt, done, total)
    return {
      id,
      kind: 'import',
      projectId: project.id,
      phase,
      done,
      total,
      ratePerSecond,
      secondsLeft: state === 'running' ? secondsLeft : null,
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

  /** Rates are of the time in which it worked. */
  function endPause(): void {
    if (!pause) return
    startedAt += performance.now() - pause.since
    pause.resolve()
    pause = null
    state = 'running'
  }

  /** One of several that take images from the same list. */
  async function lane(): Promise<void> {
    while (stop === null && failure === null) {
      if (pause) {
        await pause.promise
        continue
      }
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
      phase === 'unpacking'
        ? `The import was stopped after ${done} of ${total} pictures were unpacked; those were deleted again. Import the source once more to have them.`
        : `The import was stopped after ${done} of ${total} images. Those stay; the others were taken out. Import the source again to read them.`,
      { done, total },
    )
  }

  async function unpackAndRegister({ input, scan }: UnpackImport): Promise<void> {
    const written = new Set<string>()
    try {
      const scanned = await scan({
        pictures: picturesFolder(project),
        cache: project.folders.cache,
        imaging: context.imaging,
        writes: (path) => written.add(path),
        async proceed() {
          while (pause) await pause.promise
          stopping.signal.throwIfAborted()
        },
        progress(nowDone, nowTotal) {
          done = nowDone
          total = nowTotal
          publishProgress(false)
        },
      })
      stopping.signal.throwIfAborted()
      registerImport(context, project, importId, input, scanned)
    } catch (error) {
      if (stop === null) failure = toError(toAppError(error, input.source))
      if (stop === 'cancel') await removeStrays(project, written)
      // A source that cannot be unpacked is not tried again each time the project is opened.
      if (failure instanceof AppError && failure.code !== 'disk-full') finishImport(project, importId)
      return
    }
    context.publish('images.listChanged', { projectId: project.id })
    context.publish('classes.changed', { projectId: project.id })
    unread = unreadImages(project, importId)
    phase = 'reading'
    done = 0
    total = unread.length
    startedAt = performance.now()
  }

  async function run(): Promise<ImportReport> {
    publishProgress(true)
    if (unpack) await unpackAndRegister(unpack)
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
    if (failure === null && stop === 'suspend') {
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
    (value) =>
      context.publish('images.importFinished', { projectId: project.id, jobId: id, by, report: value }),
    () => context.publish('images.importFinished', { projectId: project.id, jobId: id, by, report: null }),
  )

  return {
    id,
    importId,
    state: snapshot,
    report,
    cancel() {
      stop ??= 'cancel'
      stopping.abort()
      endPause()
    },
    pause() {
      if (state !== 'running') return
      state = 'paused'
      pause = { ...Promise.withResolvers<void>(), since: performance.now() }
      publishProgress(true)
    },
    resume() {
      if (!pause) return
      endPause()
      publishProgress(true)
    },
    async suspend() {
      stop ??= 'suspend'
      stopping.abort()
      endPause()
      const ended = report.then(
        () => {},
        () => {},
      )
      // A file that is stuck does not keep the program from closing; what it gives is not stored then.
      await Promise.race([ended, delay(pauseLimitMs, undefined, { ref: false })])
    },
  }
}
