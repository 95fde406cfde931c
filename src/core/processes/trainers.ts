import type { Logger } from 'pino'
import { AppError } from '../../contract/errors.ts'
import type { LaunchChildProcess } from '../../contract/host.ts'
import type { JobEvent, JobInput, JobKind, JobOutput } from '../../contract/jobs.ts'
import { startTrainer, type TrainerClient } from './trainer-client.ts'

/** The trainer processes of one core. */
export interface Trainers {
  /** A job of seconds, on the resident process, one after another. Its death is this job's error; the next job gets a new process. */
  runShort<Kind extends JobKind>(
    kind: Kind,
    input: JobInput<Kind>,
    options?: { onEvent?: (event: JobEvent) => void; signal?: AbortSignal },
  ): Promise<JobOutput<Kind>>
  /** A process of its own, which the caller closes. */
  start(): TrainerClient
  close(): Promise<void>
}

export function createTrainers(launch: LaunchChildProcess, log: Logger): Trainers {
  const alive = new Set<TrainerClient>()
  let resident: TrainerClient | undefined
  let queue: Promise<unknown> = Promise.resolve()
  let closing = false

  const start = (): TrainerClient => {
    if (closing) throw new AppError('cancelled', 'The program is closing; no new work starts.')
    const client = startTrainer({ launch, log })
    alive.add(client)
    client.onExit(() => void alive.delete(client))
    return client
  }

  return {
    start,
    runShort(kind, input, options = {}) {
      const run = async (): Promise<JobOutput<typeof kind>> => {
        if (options.signal?.aborted)
          throw new AppError('cancelled', `The job '${kind}' was cancelled before it began.`)
        if (!resident?.alive) resident = start()
        const job = resident.run(kind, input, options.onEvent)
        const cancel = (): void => job.cancel()
        options.signal?.addEventListener('abort', cancel, { once: true })
        return job.result.finally(() => options.signal?.removeEventListener('abort', cancel))
      }
      const result = queue.then(run)
      // The queue goes on after a failed job; the caller has its error.
      queue = result.catch(() => {})
      return result
    },
    async close() {
      closing = true
      await Promise.all([...alive].map((client) => client.close()))
    },
  }
}
