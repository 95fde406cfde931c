import type { BackgroundJob } from '../../contract/entities.ts'
import { AppError, toErrorPayload } from '../../contract/errors.ts'
import type { JobEvent } from '../../contract/jobs.ts'
import type { CoreContext } from '../context.ts'
import { oncePerCore } from '../once-per-core.ts'

/** What a person waits for apart from runs and imports. */
export type BackgroundJobKind = Exclude<BackgroundJob['kind'], 'import'>

type ProgressEvent = Extract<JobEvent, { type: 'progress' }>
/** What the trainer tells, or progress of work that is core's own. */
export type BackgroundEvent = JobEvent | (Omit<ProgressEvent, 'phase'> & { phase: string })

/** Jobs that people can see and cancel, of the trainer or of core. */
export interface BackgroundJobs {
  /** Tells clients how `work` goes, at most 10 times a second, and how it ended. @param closing of the project */
  run<Result>(
    projectId: string,
    kind: BackgroundJobKind,
    closing: AbortSignal,
    work: (onEvent: (event: BackgroundEvent) => void, signal: AbortSignal) => Promise<Result>,
  ): Promise<Result>
  /** Those at work, oldest first. */
  list(projectId: string): BackgroundJob[]
  /** @returns whether there was such a job */
  cancel(projectId: string, jobId: string): boolean
}

const intervalMs = 100

function createBackgroundJobs({ publish }: Pick<CoreContext, 'publish'>): BackgroundJobs {
  const open = new Map<string, { job: BackgroundJob; abort: AbortController }>()
  return {
    async run(projectId, kind, closing, work) {
      const id = `${kind}-${crypto.randomUUID().slice(0, 8)}`
      const abort = new AbortController()
      const entry = { job: newJob(id, kind, projectId), abort }
      open.set(id, entry)
      let publishedAt = -Infinity
      const tell = (change: Partial<BackgroundJob>): void => {
        entry.job = { ...entry.job, ...change }
        const now = performance.now()
        if (entry.job.state === 'running' && now - publishedAt < intervalMs) return
        publishedAt = now
        publish('jobs.progress', { projectId, job: entry.job })
      }
      tell({})
      try {
        const result = await work(
          (event) => {
            if (event.type !== 'progress') return
            const { phase, done, total, ratePerSecond, secondsLeft } = event
            tell({ phase, done, total, ratePerSecond, secondsLeft })
          },
          AbortSignal.any([closing, abort.signal]),
        )
        tell({ state: 'completed', done: entry.job.total })
        return result
      } catch (error) {
        const cancelled = error instanceof AppError && error.code === 'cancelled'
        tell({ state: cancelled ? 'cancelled' : 'failed', error: cancelled ? null : toErrorPayload(error) })
        throw error
      } finally {
        open.delete(id)
      }
    },
    list: (projectId) =>
      [...open.values()].map(({ job }) => job).filter((job) => job.projectId === projectId),
    cancel(projectId, jobId) {
      const entry = open.get(jobId)
      if (entry?.job.projectId !== projectId) return false
      entry.abort.abort()
      return true
    },
  }
}

function newJob(id: string, kind: BackgroundJobKind, projectId: string): BackgroundJob {
  const progress = { phase: 'starting', done: 0, total: 0, ratePerSecond: null, secondsLeft: null }
  return { id, kind, projectId, ...progress, state: 'running', error: null }
}

/** The one set of background jobs of a core. */
export const backgroundJobsOf = oncePerCore(createBackgroundJobs)
