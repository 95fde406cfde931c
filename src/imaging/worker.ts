import sharp from 'sharp'
import { cropImage } from './crop-image.ts'
import { drawSample } from './draw-sample.ts'
import type { ImagingCommand, ImagingMessage, ImagingResult, ImagingTask } from './protocol.ts'
import { measureImage, readImage } from './read.ts'
import { unpackRecords } from './unpack-records.ts'

// Each process is one of several and keeps one core busy: threads of its own would only fight over them.
sharp.concurrency(1)
sharp.cache(false)

/** Two at a time: one is read and hashed while the other is decoded. */
const concurrentTasks = 2
/** Results wait this long for company, so that messages stay few. */
const flushMs = 20
const flushCount = 16

function send(message: ImagingMessage): void {
  process.send?.(message)
}

async function run(task: ImagingTask): Promise<ImagingResult> {
  try {
    switch (task.kind) {
      case 'read':
        return await readImage(task)
      case 'measure':
        return await measureImage(task)
      case 'draw':
        return await drawSample(task)
      case 'unpack-records':
        return await unpackRecords(task)
      case 'crop':
        return await cropImage(task)
    }
  } catch (error) {
    const full =
      error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')
    const message = error instanceof Error ? error.message : String(error)
    return { status: 'failed', code: full ? 'disk-full' : 'internal', message }
  }
}

const waiting: { id: number; task: ImagingTask }[] = []
let running = 0
let results: { id: number; result: ImagingResult }[] = []
let flushTimer: NodeJS.Timeout | undefined

function flush(): void {
  clearTimeout(flushTimer)
  flushTimer = undefined
  if (results.length === 0) return
  const sent = results
  results = []
  send({ type: 'results', results: sent })
}

function next(): void {
  while (running < concurrentTasks) {
    const entry = waiting.shift()
    if (!entry) return
    running += 1
    void run(entry.task).then((result) => {
      running -= 1
      results.push({ id: entry.id, result })
      if (results.length >= flushCount || (waiting.length === 0 && running === 0)) flush()
      else flushTimer ??= setTimeout(flush, flushMs)
      next()
    })
  }
}

// Whoever started it decides when it ends: Ctrl+C in a terminal reaches all processes at once.
process.on('SIGINT', () => {})
process.on('message', (command: ImagingCommand) => {
  if (command.type === 'shutdown') process.exit(0)
  waiting.push(...command.tasks)
  next()
})
// The core is gone: so is the reason to be here.
process.on('disconnect', () => process.exit(0))
send({ type: 'ready' })
