import { availableParallelism } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import type { SkippedFile } from '../../contract/entities.ts'
import type { FrozenPart } from '../frozen-part.ts'
import type { JobContext } from '../job-context.ts'
import { breathe } from '../job-context.ts'
import { helpersFor, type HelperPlan } from './helpers/helpers-for.ts'
import { startHelpers, type Helpers } from './helpers/start-helpers.ts'
import {
  decodeSource,
  makeRecords,
  type ComputedRecord,
  type RecordMaker,
  type SourceImage,
} from './record-maker.ts'

/** Where records go. */
export interface RecordSink {
  /** Is given each record with the position of its image; the bytes are valid after the call too. */
  readonly onRecord: (position: number, record: Uint8Array) => void
  /** Is told of each image that cannot be read, or whose bytes are no longer those of its hash. */
  readonly onSkipped: (position: number, skipped: SkippedFile) => void
}

/** When helpers are started, and how many. */
export interface HelperOptions {
  /** Seconds that are left without them, at least. */
  readonly worthSeconds: number
  readonly plan: (part: FrozenPart) => HelperPlan
}

/** They take about two to start, on processors that are busy. */
export const worthHelpersSeconds = 8
const usualHelpers: HelperOptions = { worthSeconds: worthHelpersSeconds, plan: helpersFor }
/** The first batch says nothing of the rate: kernels choose their ways in it. */
const batchesBeforeRate = 2
const pollMs = 50

/**
 * Decodes images and computes their records, in order; where that takes long, in several processes.
 *
 * @throws AppError 'cancelled'
 */
export async function computeRecords(
  images: readonly SourceImage[],
  maker: RecordMaker,
  context: JobContext,
  sink: RecordSink,
  { worthSeconds, plan }: HelperOptions = usualHelpers,
): Promise<void> {
  let helpers: Helpers | undefined
  try {
    let reached = await computeHere(images, 0, maker, context, sink, (left, secondsEach) => {
      if (left * secondsEach > worthSeconds) helpers ??= startHelpers(maker, plan(maker.part))
      return helpers?.isReady() === true
    })
    if (helpers !== undefined && reached < images.length) {
      reached = await computeByHelpers(images, reached, helpers, maker.part.batchSize, context, sink)
      // They were lost.
      if (reached < images.length) await computeHere(images, reached, maker, context, sink, () => false)
    }
  } finally {
    helpers?.close()
  }
}

/**
 * Computes in this process. Decoding runs on libuv's threads and stays ahead of the engine, which blocks this thread: while one batch is
 * computed the next ones are decoded.
 *
 * @param isEnough is asked after each batch that tells the rate; from then on only what is being decoded is still computed
 * @returns the position up to which it came
 */
async function computeHere(
  images: readonly SourceImage[],
  first: number,
  maker: RecordMaker,
  context: JobContext,
  sink: RecordSink,
  isEnough: (left: number, secondsEach: number) => boolean,
): Promise<number> {
  const { batchSize } = maker.part
  const ahead = batchSize + Math.max(8, 2 * availableParallelism())
  const decoding: Promise<ComputedRecord>[] = []
  let end = images.length
  let next = first
  const startDecoding = (): void => {
    for (; next < end && decoding.length < ahead; next += 1)
      decoding.push(decodeSource(images[next] as SourceImage, maker))
  }
  const measured = { from: first, since: 0 }
  try {
    for (let start = first; start < end; start += batchSize) {
      const batch = images.slice(start, Math.min(start + batchSize, end))
      const decoded: ComputedRecord[] = []
      while (decoded.length < batch.length) {
        startDecoding()
        decoded.push(await (decoding[0] as Promise<ComputedRecord>))
        void decoding.shift()
        await breathe(context)
      }
      startDecoding()
      deliver(batch, start, await makeRecords(batch, decoded, maker), sink)
      await breathe(context)
      const batches = (start - first) / batchSize + 1
      if (batches === batchesBeforeRate) Object.assign(measured, { from: start, since: performance.now() })
      else if (batches > batchesBeforeRate && end === images.length) {
        const secondsEach = (performance.now() - measured.since) / 1000 / (start - measured.from)
        // Whole batches: the values of one image depend on those beside it, by a rounding.
        if (isEnough(images.length - start - batch.length, secondsEach))
          end = Math.min(images.length, first + Math.ceil((next - first) / batchSize) * batchSize)
      }
    }
    return end
  } finally {
    await Promise.allSettled(decoding)
  }
}

/** @returns the position up to which it came: the end, unless helpers are lost */
async function computeByHelpers(
  images: readonly SourceImage[],
  first: number,
  helpers: Helpers,
  batchSize: number,
  context: JobContext,
  sink: RecordSink,
): Promise<number> {
  const waiting: {
    start: number
    batch: readonly SourceImage[]
    results: Promise<ComputedRecord[] | null>
  }[] = []
  let next = first
  for (;;) {
    for (; next < images.length && waiting.length < helpers.batchesAhead; next += batchSize) {
      const batch = images.slice(next, next + batchSize)
      waiting.push({ start: next, batch, results: helpers.compute(batch) })
    }
    const [oldest] = waiting
    if (oldest === undefined) return images.length
    const { start, batch } = oldest
    let results: ComputedRecord[] | null | undefined
    while (results === undefined) {
      results = await Promise.race([oldest.results, delay(pollMs, undefined)])
      await breathe(context)
    }
    if (results === null) return start
    waiting.shift()
    deliver(batch, start, results, sink)
  }
}

function deliver(
  images: readonly SourceImage[],
  start: number,
  results: readonly ComputedRecord[],
  { onRecord, onSkipped }: RecordSink,
): void {
  images.forEach(({ path }, index) => {
    const result = results[index] as ComputedRecord
    if (result instanceof Uint8Array) onRecord(start + index, result)
    else onSkipped(start + index, { path, ...result })
  })
}
