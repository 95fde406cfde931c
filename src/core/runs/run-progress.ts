import type { RunProgress } from '../../contract/entities.ts'
import type { JobEvent } from '../../contract/jobs.ts'

/** Follows one run and tells at most once in `intervalMs`, the latest always. */
export interface ProgressReporter {
  readonly latest: RunProgress
  update(event: Extract<JobEvent, { type: 'progress' | 'batchEnd' }>): void
  end(): void
}

export function reportProgress(
  runId: string,
  trainImages: number,
  epochs: number,
  publish: (progress: RunProgress) => void,
  intervalMs = 100,
): ProgressReporter {
  let latest: RunProgress = {
    runId,
    phase: 'starting',
    done: 0,
    total: 0,
    ratePerSecond: null,
    secondsLeft: null,
  }
  let phaseStartedAt = performance.now()
  let publishedAt = -Infinity
  let timer: NodeJS.Timeout | undefined
  let tellsTraining = false

  const tell = (): void => {
    clearTimeout(timer)
    timer = undefined
    publishedAt = performance.now()
    publish(latest)
  }
  const set = (next: Omit<RunProgress, 'runId'>): void => {
    if (next.phase !== latest.phase) phaseStartedAt = performance.now()
    const elapsed = (performance.now() - phaseStartedAt) / 1000
    const share = next.total > 0 ? next.done / next.total : 0
    // The first moments of a phase say little about the rest.
    const estimate = share > 0 && elapsed > 0.3 ? (elapsed / share) * (1 - share) : null
    latest = {
      runId,
      ...next,
      ratePerSecond: next.ratePerSecond ?? (elapsed > 0.3 ? next.done / elapsed : null),
      secondsLeft: next.secondsLeft ?? estimate,
    }
    const wait = publishedAt + intervalMs - performance.now()
    if (wait <= 0) tell()
    else timer ??= setTimeout(tell, wait)
  }
  tell()

  return {
    get latest() {
      return latest
    },
    update(event) {
      if (event.type === 'progress') {
        if (event.phase === 'training') tellsTraining = true
        const { phase, done, total, ratePerSecond, secondsLeft } = event
        return set({ phase, done, total, ratePerSecond, secondsLeft })
      }
      if (tellsTraining) return
      const done = Math.round(event.epoch * trainImages)
      set({ phase: 'training', done, total: epochs * trainImages, ratePerSecond: null, secondsLeft: null })
    },
    end() {
      const { total } = latest
      latest = { runId, phase: 'done', done: total, total, ratePerSecond: null, secondsLeft: 0 }
      tell()
    },
  }
}
