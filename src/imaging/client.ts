import { availableParallelism } from 'node:os'
import { AppError } from '../contract/errors.ts'
import type { ChildProcess, ChildProcessExit, LaunchChildProcess } from '../contract/host.ts'
import type {
  CropRequest,
  CropResult,
  DrawRequest,
  DrawResult,
  ImagingCommand,
  ImagingMessage,
  ImagingResult,
  ImagingTask,
  MeasureRequest,
  MeasureResult,
  ReadRequest,
  ReadResult,
  UnpackRecordsRequest,
} from './protocol.ts'

/** Processes that read and draw pictures, and may die of a bad one without taking anything else along. */
export interface ImagingPool {
  /** How many processes it runs at most. */
  readonly workers: number
  /**
   * Never rejects because of the file: a bad one is `skipped` with its reason.
   * @throws AppError 'internal' where no process can be started, 'cancelled' after `close`
   */
  read(request: Omit<ReadRequest, 'kind'>, options?: { priority?: boolean }): Promise<ReadResult>
  /** @throws as `read` */
  measure(request: Omit<MeasureRequest, 'kind'>): Promise<MeasureResult>
  /** Draws a range of the sample's pictures. @throws as `read` */
  draw(request: Omit<DrawRequest, 'kind'>): Promise<DrawResult>
  /** Writes a range of records as pictures. @throws as `read` */
  unpackRecords(request: Omit<UnpackRecordsRequest, 'kind'>): Promise<DrawResult>
  /** Cuts one image's boxes out; a bad image is `skipped`. @throws as `read` */
  crop(request: Omit<CropRequest, 'kind'>, options?: { priority?: boolean }): Promise<CropResult>
  /** Ends the processes; what was not answered yet is rejected as 'cancelled'. */
  close(): Promise<void>
}

export interface ImagingPoolOptions {
  workers?: number
  /** Without any answer for this long, a process is stopped and its files are tried one by one. */
  timeLimitMs?: number
  /** Idle processes end after this long. */
  idleMs?: number
}

interface Entry {
  id: number
  task: ImagingTask
  /** Set after a process died with it: it runs by itself, so that the next death names it. */
  alone: boolean
  resolve: (result: ImagingResult) => void
  reject: (error: Error) => void
}

interface Worker {
  process: ChildProcess
  outstanding: Map<number, Entry>
  ready: boolean
  timedOut: boolean
  timer: NodeJS.Timeout | undefined
}

/** Files a process holds at once: enough that it never waits for a message, few enough that a priority file is soon read. */
const filesPerWorker = 12
const maxFailedStarts = 3

/** A pool over `launch`; processes start with the first task. */
export function createImagingPool(launch: LaunchChildProcess, options: ImagingPoolOptions = {}): ImagingPool {
  const workerCount = options.workers ?? Math.max(1, Math.min(16, availableParallelism()))
  const timeLimitMs = options.timeLimitMs ?? 60_000
  const idleMs = options.idleMs ?? 60_000
  const workers = new Set<Worker>()
  const retries: Entry[] = []
  const urgent: Entry[] = []
  const queue: Entry[] = []
  let nextId = 1
  let failedStarts = 0
  let closed = false
  let idleTimer: NodeJS.Timeout | undefined

  function queued(): number {
    return retries.length + urgent.length + queue.length
  }

  function startWorker(): Worker {
    const worker: Worker = {
      process: launch(),
      outstanding: new Map(),
      ready: false,
      timedOut: false,
      timer: undefined,
    }
    workers.add(worker)
    worker.process.onMessage((message) => receive(worker, message as ImagingMessage))
    worker.process.onExit((exit) => ended(worker, exit))
    return worker
  }

  function watch(worker: Worker): void {
    clearTimeout(worker.timer)
    worker.timer = undefined
    if (worker.outstanding.size === 0) return
    worker.timer = setTimeout(() => {
      worker.timedOut = true
      worker.process.kill('SIGKILL')
    }, timeLimitMs)
  }

  function take(worker: Worker): Entry[] {
    const held = worker.outstanding.size
    // While files wait to be tried alone, the processes run dry, and then each takes one of them.
    if (retries.length > 0) return held === 0 ? retries.splice(0, 1) : []
    const [first] = worker.outstanding.values()
    // Topped up in batches, not one file a message; what writes many pictures is a batch by itself.
    if (first?.alone || isBatch(first?.task) || held > filesPerWorker / 2) return []
    const taken: Entry[] = []
    while (held + taken.length < filesPerWorker) {
      const entry = urgent.shift() ?? queue.shift()
      if (!entry) break
      taken.push(entry)
      if (isBatch(entry.task)) break
    }
    return taken
  }

  function give(worker: Worker): void {
    const taken = take(worker)
    if (taken.length === 0) return
    const idle = worker.outstanding.size === 0
    for (const entry of taken) worker.outstanding.set(entry.id, entry)
    const tasks = taken.map(({ id, task }) => ({ id, task }))
    worker.process.post({ type: 'run', tasks } satisfies ImagingCommand)
    if (idle) watch(worker)
  }

  function schedule(): void {
    clearTimeout(idleTimer)
    if (closed) return
    const busy = [...workers].filter((worker) => worker.outstanding.size > 0).length
    for (let wanted = busy + queued(); workers.size < Math.min(workerCount, wanted);) startWorker()
    for (const worker of workers) give(worker)
    if (queued() === 0 && ![...workers].some((worker) => worker.outstanding.size > 0)) {
      idleTimer = setTimeout(() => {
        for (const worker of workers) worker.process.post({ type: 'shutdown' } satisfies ImagingCommand)
      }, idleMs)
      idleTimer.unref()
    }
  }

  function receive(worker: Worker, message: ImagingMessage): void {
    worker.ready = true
    failedStarts = 0
    if (message.type === 'results') {
      for (const { id, result } of message.results) {
        const entry = worker.outstanding.get(id)
        worker.outstanding.delete(id)
        entry?.resolve(result)
      }
      watch(worker)
    }
    schedule()
  }

  function ended(worker: Worker, exit: ChildProcessExit): void {
    clearTimeout(worker.timer)
    workers.delete(worker)
    if (closed) return
    const entries = [...worker.outstanding.values()]
    if (!worker.ready) {
      failedStarts += 1
      if (failedStarts >= maxFailedStarts) return failAll(entries, exit)
      queue.unshift(...entries)
    } else {
      for (const entry of entries) {
        if (entry.alone) entry.resolve(blame(entry, worker.timedOut, exit, timeLimitMs))
        else retries.push({ ...entry, alone: true })
      }
    }
    schedule()
  }

  function failAll(entries: Entry[], exit: ChildProcessExit): void {
    failedStarts = 0
    const error = new AppError(
      'internal',
      `The process that reads pictures could not be started (${exit.signal ?? `exit status ${exit.code}`}). ${exit.output ?? ''}`.trim(),
    )
    const all = [...entries, ...retries.splice(0), ...urgent.splice(0), ...queue.splice(0)]
    for (const entry of all) entry.reject(error)
  }

  function submit(task: ImagingTask, priority: boolean): Promise<ImagingResult> {
    if (closed) return Promise.reject(closedError())
    return new Promise((resolve, reject) => {
      const entry: Entry = { id: nextId++, task, alone: false, resolve, reject }
      ;(priority ? urgent : queue).push(entry)
      scheduleSoon()
    })
  }

  let scheduled = false
  function scheduleSoon(): void {
    if (scheduled) return
    scheduled = true
    queueMicrotask(() => {
      scheduled = false
      schedule()
    })
  }

  return {
    workers: workerCount,
    read: (request, { priority = false } = {}) =>
      submit({ kind: 'read', ...request }, priority) as Promise<ReadResult>,
    measure: (request) => submit({ kind: 'measure', ...request }, false) as Promise<MeasureResult>,
    draw: (request) => submit({ kind: 'draw', ...request }, false) as Promise<DrawResult>,
    unpackRecords: (request) => submit({ kind: 'unpack-records', ...request }, false) as Promise<DrawResult>,
    crop: (request, { priority = false } = {}) =>
      submit({ kind: 'crop', ...request }, priority) as Promise<CropResult>,
    async close() {
      closed = true
      clearTimeout(idleTimer)
      const exits = [...workers].map(
        (worker) => new Promise<void>((resolve) => worker.process.onExit(() => resolve())),
      )
      const left = [...workers].flatMap((worker) => [...worker.outstanding.values()])
      for (const worker of workers) {
        clearTimeout(worker.timer)
        worker.process.kill('SIGKILL')
      }
      for (const entry of [...left, ...retries, ...urgent, ...queue]) entry.reject(closedError())
      await Promise.all(exits)
    },
  }
}

function isBatch(task: ImagingTask | undefined): boolean {
  return task?.kind === 'draw' || task?.kind === 'unpack-records'
}

function closedError(): AppError {
  return new AppError('cancelled', 'The program is closing; the picture was not read.')
}

function blame(entry: Entry, timedOut: boolean, exit: ChildProcessExit, timeLimitMs: number): ImagingResult {
  if (isBatch(entry.task)) {
    return { status: 'failed', code: 'internal', message: 'The process that writes pictures died twice.' }
  }
  if (timedOut) {
    return {
      status: 'skipped',
      reason: 'timeout',
      detail: `Reading it took longer than ${Math.round(timeLimitMs / 1000)} seconds.`,
    }
  }
  const how = exit.signal ? `signal ${exit.signal}` : `exit status ${exit.code}`
  return { status: 'skipped', reason: 'decoder-crashed', detail: `The decoder died of it twice (${how}).` }
}
