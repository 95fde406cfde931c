import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { JobEvent, JobKind, TrainerCommand, TrainerMessage } from '../../src/contract/jobs.ts'

type Failure = Extract<TrainerMessage, { type: 'failed' }>['error']

/** A job as a test sees it. */
export interface StartedJob {
  readonly id: string
  readonly events: JobEvent[]
  /** Settles with the output; rejects with the failure's payload. */
  readonly output: Promise<unknown>
  /** The next event that fits. */
  readonly when: (fits: (event: JobEvent) => boolean) => Promise<JobEvent>
}

/** The real trainer in a child process, spoken to as core does. */
export interface TestTrainer {
  readonly child: ChildProcess
  readonly send: (command: TrainerCommand) => void
  readonly start: (kind: JobKind, input: unknown) => StartedJob
  readonly nextMessage: (type: TrainerMessage['type']) => Promise<TrainerMessage>
  readonly exit: Promise<{ code: number | null; signal: string | null }>
  readonly printed: () => string
}

export function startTrainer(): TestTrainer {
  const child = fork(fileURLToPath(new URL('../../src/trainer/main.ts', import.meta.url)), [], {
    serialization: 'advanced',
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (printed += String(chunk)))
  const listeners = new Set<(message: TrainerMessage) => void>()
  child.on('message', (message) => {
    for (const listener of [...listeners]) listener(message as TrainerMessage)
  })
  const exit = new Promise<{ code: number | null; signal: string | null }>((resolve) =>
    child.on('exit', (code, signal) => resolve({ code, signal })),
  )
  const send = (command: TrainerCommand): void => void child.send(command)
  let jobs = 0
  return {
    child,
    send,
    exit,
    printed: () => printed,
    nextMessage: (type) =>
      new Promise((resolve) => {
        const listener = (message: TrainerMessage): void => {
          if (message.type !== type) return
          listeners.delete(listener)
          resolve(message)
        }
        listeners.add(listener)
      }),
    start(kind, input) {
      jobs += 1
      const id = `job-${jobs}`
      const events: JobEvent[] = []
      const waiting = new Set<{ fits: (event: JobEvent) => boolean; resolve: (event: JobEvent) => void }>()
      const output = new Promise<unknown>((resolve, reject: (failure: Failure) => void) => {
        listeners.add((message) => {
          if (!('jobId' in message) || message.jobId !== id) return
          if (message.type === 'done') resolve(message.output)
          if (message.type === 'failed') reject(message.error)
          if (message.type !== 'event') return
          events.push(message.event)
          for (const one of [...waiting]) {
            if (!one.fits(message.event)) continue
            waiting.delete(one)
            one.resolve(message.event)
          }
        })
        void exit.then(({ code, signal }) =>
          reject({ code: 'exited', message: `${code} ${signal} ${printed}`, details: {} }),
        )
      })
      output.catch(() => {})
      send({ type: 'start', jobId: id, kind, input })
      return { id, events, output, when: (fits) => new Promise((resolve) => waiting.add({ fits, resolve })) }
    },
  }
}
