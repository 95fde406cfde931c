import type { BackgroundJob } from '../../contract/entities.ts'
import { toErrorPayload } from '../../contract/errors.ts'
import type { JobEvent } from '../../contract/jobs.ts'
import type { CoreContext } from '../context.ts'

const intervalMs = 100

/** Tells clients how a job on the resident trainer goes, at most 10 times a second, and how it ended. */
export async function withJobProgress<Result>(
  { publish }: Pick<CoreContext, 'publish'>,
  projectId: string,
  kind: Extract<BackgroundJob['kind'], 'embed' | 'predict' | 'evaluate'>,
  work: (onEvent: (event: JobEvent) => void) => Promise<Result>,
): Promise<Result> {
  let job: BackgroundJob = {
    id: `${kind}-${crypto.randomUUID().slice(0, 8)}`,
    kind,
    projectId,
    phase: 'starting',
    done: 0,
    total: 0,
    ratePerSecond: null,
    secondsLeft: null,
    state: 'running',
    error: null,
  }
  let publishedAt = -Infinity
  const tell = (change: Partial<BackgroundJob>): void => {
    job = { ...job, ...change }
    const now = performance.now()
    if (job.state === 'running' && now - publishedAt < intervalMs) return
    publishedAt = now
    publish('jobs.progress', { projectId, job })
  }
  tell({})
  try {
    const result = await work((event) => {
      if (event.type !== 'progress') return
      const { phase, done, total, ratePerSecond, secondsLeft } = event
      tell({ phase, done, total, ratePerSecond, secondsLeft })
    })
    tell({ state: 'completed', done: job.total })
    return result
  } catch (error) {
    tell({ state: 'failed', error: toErrorPayload(error) })
    throw error
  }
}
