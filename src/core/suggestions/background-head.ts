import type { JobEvent } from '../../contract/jobs.ts'
import { AppError, toErrorPayload } from '../../contract/errors.ts'
import type { SuggestionsStatus } from '../../contract/suggestions.ts'
import type { CoreContext } from '../context.ts'
import type { Trainers } from '../processes/trainers.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { runHead } from './run-head.ts'

/** When heads are fit. */
export interface HeadTiming {
  /** After the last label. */
  quietMs: number
  /** After the first label that no head knows, however many follow it. */
  longestMs: number
  /** After it made way for what a person waits for. */
  retryMs: number
}

const usualTiming: HeadTiming = { quietMs: 1500, longestMs: 8000, retryMs: 2000 }

export type HeadWork = Pick<SuggestionsStatus, 'state' | 'progress' | 'error'>

/** Keeps one project's head up with its labels. */
export interface BackgroundHead {
  work(): HeadWork
  /** Labels or images changed: a head is fit soon, once for many changes. */
  schedule(): void
  /** A training may have ended. */
  wake(): void
  /** Fits one now, unless it knows the labels already, and waits for it. @throws as `runHead` */
  refresh(): Promise<void>
  /** Ends what is under way and plans nothing more, until it is asked again. */
  stop(): Promise<void>
}

type Deps = Pick<CoreContext, 'resourcesDir' | 'dataDir' | 'log' | 'publish'> & {
  trainers: Trainers
  /** Something of `work` changed, or there is a new head. */
  onChange: () => void
  timing?: HeadTiming
}

const idle: HeadWork = { state: 'idle', progress: null, error: null }
const progressIntervalMs = 200

export function createBackgroundHead(deps: Deps, project: OpenProject): BackgroundHead {
  const { quietMs, longestMs, retryMs } = deps.timing ?? usualTiming
  let work = idle
  let timer: NodeJS.Timeout | undefined
  /** When the first change came that is still to be learned. */
  let waitingSince: number | null = null
  let running: { done: Promise<void>; abort: AbortController } | null = null
  /** Whether something was changed while one was fit. */
  let again = false

  const tell = (next: HeadWork): void => {
    work = next
    deps.onChange()
  }

  function plan(delayMs: number): void {
    clearTimeout(timer)
    timer = setTimeout(() => void turn(), delayMs)
    timer.unref()
  }

  function schedule(): void {
    const now = Date.now()
    waitingSince ??= now
    plan(Math.max(0, Math.min(quietMs, waitingSince + longestMs - now)))
  }

  /** What is scheduled, where nothing stands in its way. */
  async function turn(): Promise<void> {
    if (running) {
      again = true
      return
    }
    if (isBusy(project)) return tell({ ...idle, state: 'waiting' })
    waitingSince = null
    const abort = new AbortController()
    try {
      await fit(abort, true)
    } catch (error) {
      // Made way for a job that a person waits for.
      if (isCancelled(error) && !abort.signal.aborted) plan(retryMs)
      else if (!isCancelled(error)) deps.log.warn({ error, project: project.path }, 'no head could be fit')
    }
  }

  function fit(abort: AbortController, givesWay: boolean): Promise<void> {
    let toldAt = -Infinity
    const onEvent = (event: JobEvent): void => {
      if (event.type !== 'progress') return
      const now = performance.now()
      if (now - toldAt < progressIntervalMs) return
      toldAt = now
      const { done, total, ratePerSecond, secondsLeft } = event
      // Of a run's model, which evaluates images that nobody labelled.
      const phase = event.phase === 'evaluation' ? 'predicting' : event.phase
      tell({ ...idle, state: 'working', progress: { phase, done, total, ratePerSecond, secondsLeft } })
    }
    tell({ ...idle, state: 'working' })
    const done = runHead({ ...deps, onEvent, signal: abort.signal, givesWay }, project).then(
      () => ended(idle),
      (error: unknown) => {
        ended(isCancelled(error) ? idle : { ...idle, state: 'failed', error: toErrorPayload(error) })
        throw error
      },
    )
    running = { done, abort }
    return done
  }

  function ended(next: HeadWork): void {
    running = null
    tell(next)
    if (again) schedule()
    again = false
  }

  return {
    work: () => work,
    schedule,
    wake() {
      if (work.state === 'waiting') schedule()
    },
    async refresh() {
      while (running) await running.done.catch(() => {})
      await fit(new AbortController(), false)
    },
    async stop() {
      clearTimeout(timer)
      waitingSince = null
      again = false
      running?.abort.abort()
      await running?.done.catch(() => {})
      if (work.state !== 'idle') tell(idle)
    },
  }
}

/** A training has the machine, or images are still being read. */
function isBusy({ database }: OpenProject): boolean {
  const has = (sql: string): boolean => database.prepare(sql).get() !== undefined
  return (
    has("SELECT 1 FROM runs WHERE status = 'running'") ||
    has("SELECT 1 FROM images WHERE removed_at IS NULL AND status = 'pending' LIMIT 1")
  )
}

function isCancelled(error: unknown): boolean {
  return error instanceof AppError && error.code === 'cancelled'
}
