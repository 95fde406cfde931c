import { constants } from 'node:os'
import type { Logger } from 'pino'
import { z } from 'zod'
import { AppError, errorCodes, type ErrorCode, type ErrorDetails } from '../../contract/errors.ts'
import type { ChildProcess, ChildProcessExit, LaunchChildProcess } from '../../contract/host.ts'
import {
  jobEventSchema,
  jobs,
  type JobEvent,
  type JobInput,
  type JobKind,
  type JobOutput,
  type TrainerCommand,
} from '../../contract/jobs.ts'
import { processCpuTimeMs } from './process-cpu-time.ts'

export interface TrainerJob<Kind extends JobKind> {
  /** @throws AppError the job's own; 'trainer-died', 'trainer-hung' where its process ended under it; 'cancelled' */
  readonly result: Promise<JobOutput<Kind>>
  /** End well and keep what there is. */
  stop(): void
  /** End soon and keep nothing. */
  cancel(): void
  /** Wait after the current batch. */
  pause(): void
  continue(): void
}

/** One trainer process. */
export interface TrainerClient {
  readonly pid: number | undefined
  readonly alive: boolean
  run<Kind extends JobKind>(
    kind: Kind,
    input: JobInput<Kind>,
    onEvent?: (event: JobEvent) => void,
  ): TrainerJob<Kind>
  /** Has it load its engine, for a job to come. */
  warm(): void
  /** Asks it to end, and kills it where it does not within two seconds. */
  close(): Promise<void>
  onExit(listener: (exit: ChildProcessExit) => void): void
}

export interface TrainerClientOptions {
  launch: LaunchChildProcess
  log: Logger
  /** A ping goes out this often. */
  pingIntervalMs?: number
  /** Pings without any sign of life after which the process counts as hung. */
  unansweredPings?: number
  /** The same before it first reports: loading TensorFlow from a cold disk takes long. */
  unansweredPingsAtStart?: number
}

interface OpenJob {
  kind: JobKind
  resolve: (output: never) => void
  reject: (error: AppError) => void
  onEvent: ((event: JobEvent) => void) | undefined
}

/** A silent trainer that still uses the processor is given so many times the usual limit. */
const patience = 20

const messageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), pid: z.number() }),
  z.object({ type: z.literal('pong') }),
  z.object({ type: z.literal('event'), jobId: z.string(), event: z.unknown() }),
  z.object({ type: z.literal('done'), jobId: z.string(), output: z.unknown() }),
  z.object({
    type: z.literal('failed'),
    jobId: z.string(),
    error: z.object({ code: z.string(), message: z.string(), details: z.record(z.string(), z.unknown()) }),
  }),
])

/**
 * Starts a trainer and watches over it: its death rejects its jobs at once with 'trainer-died' (`details.signal`, `signalNumber`,
 * `exitCode`, `output`), its silence within 30 s with 'trainer-hung', after
 * which it is killed. A silent trainer that visibly computes is given longer.
 */
export function startTrainer(options: TrainerClientOptions): TrainerClient {
  const { log, pingIntervalMs = 5000, unansweredPings = 4, unansweredPingsAtStart = 12 } = options
  const child: ChildProcess = options.launch()
  const open = new Map<string, OpenJob>()
  const exitListeners: ((exit: ChildProcessExit) => void)[] = []
  let exit: ChildProcessExit | undefined
  let hung = false
  let ready = false
  let pings = 0
  let lastCpuTimeMs: number | null = null
  let lastJob = 0

  const post = (command: TrainerCommand): void => child.post(command)

  // Counted in pings, not in time: a laptop that slept must not look like a trainer that hangs.
  const heartbeat = setInterval(() => {
    const limit = ready ? unansweredPings : unansweredPingsAtStart
    const cpuTimeMs = child.pid === undefined ? null : processCpuTimeMs(child.pid)
    const works = cpuTimeMs !== null && lastCpuTimeMs !== null && cpuTimeMs > lastCpuTimeMs
    lastCpuTimeMs = cpuTimeMs
    // One long batch on a slow engine keeps messages out as well, but it uses the processor.
    // Where the system does not tell, only longer silence does.
    const limitIdle = cpuTimeMs === null ? limit * 4 : limit
    if (works ? pings >= limit * patience : pings >= limitIdle) {
      hung = true
      log.error({ pid: child.pid, pings, works }, 'trainer hung')
      clearInterval(heartbeat)
      child.kill('SIGKILL')
      return
    }
    pings += 1
    post({ type: 'ping' })
  }, pingIntervalMs)
  heartbeat.unref()

  child.onMessage((raw) => {
    const parsed = messageSchema.safeParse(raw)
    if (!parsed.success) {
      log.warn({ issue: parsed.error.issues[0]?.message }, 'a message of the trainer was not understood')
      return
    }
    pings = 0
    const message = parsed.data
    if (message.type === 'ready') ready = true
    if (message.type === 'ready' || message.type === 'pong') return
    const job = open.get(message.jobId)
    if (!job) return
    if (message.type === 'event') return deliverEvent(job, message.event, log)
    open.delete(message.jobId)
    if (message.type === 'failed') job.reject(jobError(message.error))
    else settle(job, message.output)
  })

  child.onExit((ended) => {
    exit = ended
    clearInterval(heartbeat)
    const error = hung ? hangError(pingIntervalMs * pings, ended) : deathError(ended)
    for (const job of [...open.values()]) job.reject(error)
    open.clear()
    for (const listener of exitListeners.splice(0)) listener(ended)
  })

  return {
    get pid() {
      return child.pid
    },
    get alive() {
      return exit === undefined && !hung
    },
    run(kind, input, onEvent) {
      lastJob += 1
      const jobId = `${kind}-${lastJob}`
      const result = new Promise<JobOutput<typeof kind>>((resolve, reject) => {
        if (exit) return reject(deathError(exit))
        open.set(jobId, { kind, resolve: resolve as (output: never) => void, reject, onEvent })
        post({ type: 'start', jobId, kind, input })
      })
      return {
        result,
        stop: () => post({ type: 'stop', jobId }),
        cancel: () => post({ type: 'cancel', jobId }),
        pause: () => post({ type: 'pause', jobId }),
        continue: () => post({ type: 'continue', jobId }),
      }
    },
    warm: () => post({ type: 'warm' }),
    onExit(listener) {
      if (exit) listener(exit)
      else exitListeners.push(listener)
    },
    close() {
      if (exit) return Promise.resolve()
      return new Promise((resolve) => {
        const timer = setTimeout(() => child.kill('SIGKILL'), 2000)
        child.onExit(() => {
          clearTimeout(timer)
          resolve()
        })
        post({ type: 'shutdown' })
      })
    },
  }
}

function deliverEvent(job: OpenJob, raw: unknown, log: Logger): void {
  const event = jobEventSchema.safeParse(raw)
  if (event.success) job.onEvent?.(event.data)
  else
    log.warn(
      { kind: job.kind, issue: event.error.issues[0]?.message },
      'an event of the trainer was not understood',
    )
}

function settle(job: OpenJob, raw: unknown): void {
  const output = jobs[job.kind].output.safeParse(raw)
  if (output.success) return job.resolve(output.data as never)
  const issue = output.error.issues[0]
  job.reject(
    new AppError(
      'internal',
      `The trainer's answer to '${job.kind}' was not as agreed: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}.`,
      { kind: job.kind },
    ),
  )
}

function jobError(error: { code: string; message: string; details: Record<string, unknown> }): AppError {
  const code = (errorCodes as readonly string[]).includes(error.code) ? (error.code as ErrorCode) : 'internal'
  return new AppError(code, error.message, error.details as ErrorDetails)
}

function exitDetails(exit: ChildProcessExit): ErrorDetails {
  const signals: Record<string, number> = constants.signals
  return {
    signal: exit.signal,
    signalNumber: exit.signal === null ? null : (signals[exit.signal] ?? null),
    exitCode: exit.code,
    output: exit.output ?? '',
  }
}

function deathError(exit: ChildProcessExit): AppError {
  const details = exitDetails(exit)
  const cause =
    exit.signal !== null
      ? `it was ended by signal ${String(details.signalNumber ?? '?')} (${exit.signal})`
      : exit.code === null
        ? 'it could not be started'
        : `it exited with status ${exit.code}`
  const memory =
    exit.signal === 'SIGKILL'
      ? ' Where nobody killed it, the machine had too little memory: try a smaller batch.'
      : ''
  const last = exit.output?.split('\n').filter(Boolean).at(-1)
  return new AppError(
    'trainer-died',
    `The training process was expected to finish, but ${cause}.${last ? ` Its last words: ${last}.` : ''}${memory}`,
    details,
  )
}

function hangError(silenceMs: number, exit: ChildProcessExit): AppError {
  return new AppError(
    'trainer-hung',
    `The training process was expected to answer, but was silent for ${Math.round(silenceMs / 1000)} s and was ended. Try again, or another engine.`,
    { ...exitDetails(exit), silentSeconds: silenceMs / 1000 },
  )
}
