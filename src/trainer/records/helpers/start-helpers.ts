import { fork, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parametersOf } from '../../../models/shapes.ts'
import { writeParameters } from '../../../models/weights.ts'
import type { ComputedRecord, RecordMaker, SourceImage } from '../record-maker.ts'
import type { HelperPlan } from './helpers-for.ts'
import type { HelperAnswer, HelperCommand } from './messages.ts'

/** Processes that compute records. */
export interface Helpers {
  /** Whether all of them can compute. */
  readonly isReady: () => boolean
  /** Whether one of them has ended, or none could be started: they will never all compute. */
  readonly isLost: () => boolean
  /** Batches that keep all of them busy. */
  readonly batchesAhead: number
  /** @returns a result for each image; null where helpers are lost, now or before */
  readonly compute: (images: readonly SourceImage[]) => Promise<ComputedRecord[] | null>
  /** Ends them, whatever they do. */
  readonly close: () => void
}

/** One that is computed, one whose images are decoded meanwhile, and one that waits for its turn, as results are taken in order. */
const batchesEach = 3

const noHelpers: Helpers = {
  isReady: () => false,
  isLost: () => true,
  batchesAhead: 0,
  compute: () => Promise.resolve(null),
  close: () => {},
}

/** Starts helpers, which load their engines. Where there are to be none, or can be none, they never get ready. The caller closes them. */
export function startHelpers(maker: RecordMaker, { count, threads }: HelperPlan): Helpers {
  const weights = count === 0 ? null : writeWeights(maker)
  if (weights === null) return noHelpers
  const command = partOf(maker, weights.path)
  const helpers = Array.from({ length: count }, () => startHelper(threads, command))
  void Promise.all(helpers.map(({ hasRead }) => hasRead)).then(weights.remove)
  return {
    isReady: () => helpers.every((helper) => helper.isReady()),
    isLost: () => helpers.some((helper) => helper.isLost()),
    batchesAhead: count * batchesEach,
    compute(images) {
      const [freest] = [...helpers].sort((a, b) => a.pending() - b.pending())
      return freest?.compute(images) ?? Promise.resolve(null)
    },
    close: () => helpers.forEach((helper) => helper.close()),
  }
}

interface Helper {
  /** Resolves when it has its weights, or never will. */
  readonly hasRead: Promise<void>
  readonly isReady: () => boolean
  readonly isLost: () => boolean
  /** Batches that it has not answered. */
  readonly pending: () => number
  readonly compute: (images: readonly SourceImage[]) => Promise<ComputedRecord[] | null>
  readonly close: () => void
}

function startHelper(threads: number, part: HelperCommand): Helper {
  const child = fork(fileURLToPath(new URL('helper.ts', import.meta.url)), [], {
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env: { ...process.env, TF_NUM_INTRAOP_THREADS: String(threads), UV_THREADPOOL_SIZE: String(threads + 1) },
  })
  const waiting: ((results: ComputedRecord[] | null) => void)[] = []
  const { promise: hasRead, resolve: tellRead } = Promise.withResolvers<void>()
  let isReady = false
  let isLost = false
  const lose = (): void => {
    isLost = true
    isReady = false
    tellRead()
    for (const resolve of waiting.splice(0)) resolve(null)
  }
  child.on('error', lose)
  child.on('exit', lose)
  child.on('message', (raw) => {
    const answer = raw as HelperAnswer
    if (answer.type === 'ready') {
      isReady = true
      tellRead()
    } else waiting.shift()?.([...answer.results])
  })
  send(child, part)
  return {
    hasRead,
    isReady: () => isReady,
    isLost: () => isLost,
    pending: () => waiting.length,
    compute(images) {
      if (isLost) return Promise.resolve(null)
      const { promise, resolve } = Promise.withResolvers<ComputedRecord[] | null>()
      waiting.push(resolve)
      send(child, { type: 'compute', images })
      return promise
    },
    close: () => void child.kill('SIGKILL'),
  }
}

function send(child: ChildProcess, command: HelperCommand): void {
  // One that has just ended says so by its exit.
  if (child.connected) child.send(command as object, () => {})
}

/** @returns null where there is no room for it */
function writeWeights({ part }: RecordMaker): { path: string; remove: () => void } | null {
  const { graph, values } = part.options
  let remove = (): void => {}
  try {
    const folder = mkdtempSync(join(tmpdir(), 'thaw-helpers-'))
    remove = () => rmSync(folder, { recursive: true, force: true })
    const path = join(folder, 'weights')
    writeFileSync(path, writeParameters(parametersOf(graph), values()))
    return { path, remove }
  } catch {
    remove()
    return null
  }
}

function partOf({ part, augmenter }: RecordMaker, weightsPath: string): HelperCommand {
  const { preprocessing, graph, weightsSha256, engine, precision } = part.options
  return {
    type: 'part',
    options: { preprocessing, graph, weightsSha256, engine, precision },
    weightsPath,
    augmentation: augmenter && { specification: augmenter.specification, seed: augmenter.seed },
  }
}
