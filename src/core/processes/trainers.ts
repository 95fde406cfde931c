import { freemem } from 'node:os'
import type { Logger } from 'pino'
import { AppError } from '../../contract/errors.ts'
import type { LaunchChildProcess } from '../../contract/host.ts'
import type { JobEvent, JobInput, JobKind, JobOutput } from '../../contract/jobs.ts'
import { startTrainer, type TrainerClient } from './trainer-client.ts'

/** The trainer processes of one core. */
export interface Trainers {
  /**
   * A job of seconds, on the resident process, one after another. Its death is this job's error; the next job gets a new process. One that
   * `givesWay` ends as cancelled when another comes that does not, which somebody waits for.
   */
  runShort<Kind extends JobKind>(
    kind: Kind,
    input: JobInput<Kind>,
    options?: { onEvent?: (event: JobEvent) => void; signal?: AbortSignal; givesWay?: boolean },
  ): Promise<JobOutput<Kind>>
  /** A process of its own, which the caller closes: one that was kept warm, unless it is to be `fresh`. */
  start(options?: { fresh?: boolean }): TrainerClient
  /** Starts a process and its engine for a run to come, unless one waits or memory is short. */
  keepWarm(): void
  close(): Promise<void>
}

/** A waiting trainer holds some 250 MB. */
const memoryToSpare = 2 * 2 ** 30

export function createTrainers(launch: LaunchChildProcess, log: Logger): Trainers {
  const alive = new Set<TrainerClient>()
  let resident: TrainerClient | undefined
  let queue: Promise<unknown> = Promise.resolve()
  /** Of jobs that give way. */
  const inTheWay = new Set<AbortController>()
  let closing = false

  let spare: TrainerClient | undefined

  const launchClient = (): TrainerClient => {
    if (closing) throw new AppError('cancelled', 'The program is closing; no new work starts.')
    const client = startTrainer({ launch, log })
    alive.add(client)
    client.onExit(() => void alive.delete(client))
    return client
  }

  return {
    start({ fresh = false } = {}) {
      const warm = spare?.alive && !fresh ? spare : undefined
      if (warm) spare = undefined
      return warm ?? launchClient()
    },
    keepWarm() {
      if (closing || spare?.alive || freemem() < memoryToSpare) return
      spare = launchClient()
      spare.warm()
    },
    runShort(kind, input, options = {}) {
      const way = new AbortController()
      if (options.givesWay) inTheWay.add(way)
      else for (const other of inTheWay) other.abort()
      const signal = options.signal ? AbortSignal.any([options.signal, way.signal]) : way.signal
      const run = async (): Promise<JobOutput<typeof kind>> => {
        if (signal.aborted)
          throw new AppError('cancelled', `The job '${kind}' was cancelled before it began.`)
        if (!resident?.alive) resident = launchClient()
        const job = resident.run(kind, input, options.onEvent)
        const cancel = (): void => job.cancel()
        signal.addEventListener('abort', cancel, { once: true })
        return job.result.finally(() => signal.removeEventListener('abort', cancel))
      }
      const result = queue.then(run).finally(() => inTheWay.delete(way))
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
