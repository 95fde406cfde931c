import { setImmediate, setTimeout as delay } from 'node:timers/promises'
import { AppError } from '../contract/errors.ts'
import type { JobEvent } from '../contract/jobs.ts'

/** What a job may ask of the process it runs in. */
export interface JobContext {
  readonly emit: (event: JobEvent) => void
  /** Whether the job should end well and keep what it has. */
  readonly stopRequested: () => boolean
  /** Whether the job should end soon and keep nothing. */
  readonly cancelRequested: () => boolean
  /** Whether the job should wait after its batch. */
  readonly pauseRequested?: () => boolean
}

type Phase = Extract<JobEvent, { type: 'progress' }>['phase']

/** Waits for messages at most this often: an engine's calls would otherwise keep them out. */
const breathIntervalMs = 20
const progressIntervalMs = 200
const pausePollMs = 50
let lastBreath = 0

/**
 * Lets messages in, so that a job can be stopped and a ping is answered. To be called after every batch.
 *
 * @throws AppError 'cancelled'
 */
export async function breathe(context: JobContext): Promise<void> {
  if (performance.now() - lastBreath > breathIntervalMs) {
    await setImmediate()
    lastBreath = performance.now()
  }
  while (context.pauseRequested?.() && !context.cancelRequested() && !context.stopRequested())
    await delay(pausePollMs)
  if (context.cancelRequested()) throw new AppError('cancelled', 'The job was cancelled; nothing was kept.')
}

/** Reports how far a phase is, at most five times a second, with its rate and the time left. */
export interface ProgressReporter {
  readonly advance: (count?: number) => void
  /** Reports the end of the phase, whatever was reported last. */
  readonly finish: () => void
}

/** @param unit what `total` counts, in rates: 1, or images for each counted thing */
export function reportProgress(context: JobContext, phase: Phase, total: number, unit = 1): ProgressReporter {
  const start = performance.now()
  let done = 0
  let last = -Infinity
  const report = (): void => {
    const now = performance.now()
    last = now
    const seconds = (now - start) / 1000
    const rate = done > 0 && seconds > 0.05 ? done / seconds : null
    context.emit({
      type: 'progress',
      phase,
      done,
      total,
      ratePerSecond: rate === null ? null : rate * unit,
      secondsLeft: rate === null ? null : (total - done) / rate,
    })
  }
  report()
  return {
    advance(count = 1) {
      done += count
      if (performance.now() - last >= progressIntervalMs) report()
    },
    finish: report,
  }
}
