import { AppError, toErrorPayload } from '../contract/errors.ts'
import { jobs, type JobKind, type TrainerMessage } from '../contract/jobs.ts'
import { prepareDecoder } from '../imaging/decode.ts'
import { trainerCommandSchema } from './commands.ts'
import { jobRunners } from './jobs/index.ts'
import { warmEngine } from './warm-engine.ts'

/** The trainer: a child process that does one job after another and speaks over its message channel alone. */

interface QueuedJob {
  readonly id: string
  readonly kind: JobKind
  readonly input: unknown
  stopRequested: boolean
  cancelRequested: boolean
  pauseRequested: boolean
}

const queue: QueuedJob[] = []
let running: QueuedJob | undefined
let closing = false
let warming = Promise.resolve()

prepareDecoder()

if (process.send === undefined) {
  process.stderr.write('The trainer is started by Thaw as a child process with a message channel.\n')
  process.exit(2)
}
process.on('message', receive)
process.on('disconnect', () => process.exit(0))
// Whoever started it decides when it ends: Ctrl+C in a terminal reaches all processes at once.
process.on('SIGINT', () => {})
send({ type: 'ready', pid: process.pid })

function send(message: TrainerMessage): void {
  // The channel may close under it; the 'disconnect' that follows ends the process.
  if (process.connected) process.send?.(message, undefined, undefined, () => {})
}

function receive(raw: unknown): void {
  const parsed = trainerCommandSchema.safeParse(raw)
  // Only a mistake in Thaw itself sends such a message; there is no job to fail for it.
  if (!parsed.success) throw new Error(`The trainer was sent what it does not know: ${parsed.error.message}`)
  const command = parsed.data
  switch (command.type) {
    case 'ping':
      return send({ type: 'pong' })
    case 'warm':
      if (running === undefined && queue.length === 0) warming = warmEngine()
      return
    case 'shutdown':
      closing = true
      queue.length = 0
      if (running === undefined) process.exit(0)
      running.cancelRequested = true
      return
    case 'start': {
      const { jobId: id, kind, input } = command
      queue.push({ id, kind, input, stopRequested: false, cancelRequested: false, pauseRequested: false })
      void runQueue()
      return
    }
    case 'stop':
    case 'pause':
    case 'continue':
    case 'cancel': {
      const job = running?.id === command.jobId ? running : queue.find(({ id }) => id === command.jobId)
      if (job === undefined) return
      if (command.type === 'stop') job.stopRequested = true
      else if (command.type === 'cancel') job.cancelRequested = true
      else job.pauseRequested = command.type === 'pause'
    }
  }
}

async function runQueue(): Promise<void> {
  if (running !== undefined) return
  for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
    running = job
    await warming
    await runJob(job)
    running = undefined
    if (closing) process.exit(0)
  }
}

async function runJob(job: QueuedJob): Promise<void> {
  try {
    const output = await runKind(job.kind, job)
    send({ type: 'done', jobId: job.id, output })
  } catch (error) {
    send({ type: 'failed', jobId: job.id, error: toErrorPayload(asAppError(error, job.kind)) })
  }
}

async function runKind(kind: JobKind, job: QueuedJob): Promise<unknown> {
  const input = jobs[kind].input.safeParse(job.input)
  if (!input.success) {
    const [issue] = input.error.issues
    throw new AppError(
      'invalid-input',
      `The job '${kind}' was given input that does not fit: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}.`,
      { kind },
    )
  }
  if (job.cancelRequested || job.stopRequested) {
    throw new AppError('cancelled', `The job '${kind}' was cancelled before it began.`)
  }
  const run = jobRunners[kind] as (input: unknown, context: object) => Promise<unknown>
  return run(input.data, {
    emit: (event: unknown) => send({ type: 'event', jobId: job.id, event } as TrainerMessage),
    stopRequested: () => job.stopRequested,
    cancelRequested: () => job.cancelRequested,
    pauseRequested: () => job.pauseRequested,
  })
}

/** What engines and Node throw when memory runs out reads like a riddle; this says what to do. */
function asAppError(error: unknown, kind: JobKind): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error
  if (
    !/OOM|out of memory|RESOURCE_EXHAUSTED|allocation failed|failed to allocate|Invalid typed array length/i.test(
      error.message,
    )
  ) {
    return error
  }
  return new AppError(
    'out-of-memory',
    `There was not enough memory for the job '${kind}' (${error.message.split('\n')[0]}). Use a smaller batch, or freeze more layers.`,
    { kind, outOfMemory: true },
  )
}
