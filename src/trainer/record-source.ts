import type { SkippedFile } from '../contract/entities.ts'
import { AppError } from '../contract/errors.ts'
import { openFeatureCache, type FeatureCache } from './feature-cache.ts'
import type { FrozenPart } from './frozen-part.ts'
import type { JobContext } from './job-context.ts'
import { reportProgress } from './job-context.ts'
import { computeRecords, type SourceImage } from './records.ts'

/** The records of a list of images, wherever they are kept. */
export interface RecordSource {
  /** resident: all in memory; streamed: from the disk, or computed again, batch by batch. */
  readonly kind: 'resident' | 'streamed'
  /** Images that cannot be read; a streamed source may find more later. */
  readonly skipped: ReadonlyMap<number, SkippedFile>
  /** How many records were in the cache when the source was opened. */
  readonly cached: number
  /**
   * The records at `positions` as input of the rest of the network.
   *
   * @returns float32 `[rows.length, ...shape]`, of a resident source valid until the next call; `rows` are `positions` less the images that cannot be read
   */
  readonly read: (positions: readonly number[]) => Promise<{ rows: readonly number[]; input: Float32Array }>
  /** Lets go of files and memory. */
  readonly close: () => void
}

/** Budgets and place of the cache of records. */
export interface RecordCacheOptions {
  readonly folder: string
  readonly memoryBudgetBytes: number
  readonly diskBudgetBytes: number
}

/**
 * Opens the records of `images`: from the cache, and computed where they are not there. They stay in memory where they fit its budget;
 * otherwise they are read from the disk batch by batch where they fit that, and computed again in every epoch where they do not.
 *
 * @throws AppError 'cancelled'
 */
export async function openRecordSource(
  images: readonly SourceImage[],
  part: FrozenPart,
  options: RecordCacheOptions | null,
  context: JobContext,
): Promise<RecordSource> {
  const cache = options && openCache(part, options, context)
  const skipped = new Map<number, SkippedFile>()
  const resident = options === null || images.length * part.recordBytes <= options.memoryBudgetBytes
  const memory = resident ? allocate(images.length, part.recordBytes) : undefined
  const recordAt = (position: number): Uint8Array =>
    memory?.subarray(position * part.recordBytes, (position + 1) * part.recordBytes) ??
    new Uint8Array(part.recordBytes)
  try {
    const missing: number[] = []
    images.forEach(({ sha256 }, position) => {
      const present = memory
        ? (cache?.read(sha256, recordAt(position)) ?? false)
        : (cache?.has(sha256) ?? false)
      if (!present) missing.push(position)
    })
    const cached = images.length - missing.length
    if (memory || cache?.fits(missing.length)) {
      await computeMissing(images, missing, part, context, skipped, (position, record) => {
        memory?.set(record, position * part.recordBytes)
        cache?.append((images[position] as SourceImage).sha256, record)
      })
      cache?.flush()
    }
    const fetchRecords = memory
      ? null
      : (positions: readonly number[]) => fetchStreamed(positions, images, part, cache, context, skipped)
    // A resident source hands out one buffer again and again; a streamed one may be read ahead.
    let buffer = new Float32Array(0)
    return {
      kind: memory ? 'resident' : 'streamed',
      skipped,
      cached,
      async read(positions) {
        const fetched = await fetchRecords?.(positions)
        const rows = positions.filter((position) => !skipped.has(position))
        if (!memory || buffer.length < rows.length * part.length)
          buffer = new Float32Array(rows.length * part.length)
        rows.forEach((position, row) => {
          part.expand(fetched?.get(position) ?? recordAt(position), buffer, row * part.length)
        })
        return { rows, input: buffer.subarray(0, rows.length * part.length) }
      },
      close: () => cache?.close(),
    }
  } catch (error) {
    cache?.close()
    throw error
  }
}

function openCache(part: FrozenPart, options: RecordCacheOptions, context: JobContext): FeatureCache {
  return openFeatureCache({
    folder: options.folder,
    key: part.key,
    recordBytes: part.recordBytes,
    diskBudgetBytes: options.diskBudgetBytes,
    onWriteError(error) {
      const reason = error instanceof Error ? error.message : String(error)
      context.emit({
        type: 'notice',
        code: 'cache-not-written',
        message: `The cache of features in ${options.folder} cannot be written (${reason}); training goes on without it.`,
      })
    },
  })
}

async function computeMissing(
  images: readonly SourceImage[],
  missing: readonly number[],
  part: FrozenPart,
  context: JobContext,
  skipped: Map<number, SkippedFile>,
  onRecord: (position: number, record: Uint8Array) => void,
): Promise<void> {
  const progress = reportProgress(context, 'features', missing.length)
  await computeRecords(
    missing.map((position) => images[position] as SourceImage),
    part,
    context,
    (index, record) => {
      onRecord(missing[index] as number, record)
      progress.advance()
    },
    (index, file) => {
      skip(missing[index] as number, file, skipped, context)
      progress.advance()
    },
  )
  progress.finish()
}

async function fetchStreamed(
  positions: readonly number[],
  images: readonly SourceImage[],
  part: FrozenPart,
  cache: FeatureCache | null,
  context: JobContext,
  skipped: Map<number, SkippedFile>,
): Promise<Map<number, Uint8Array>> {
  const records = new Map<number, Uint8Array>()
  const missing: number[] = []
  for (const position of positions) {
    if (skipped.has(position)) continue
    const record = new Uint8Array(part.recordBytes)
    if (cache?.read((images[position] as SourceImage).sha256, record)) records.set(position, record)
    else missing.push(position)
  }
  await computeRecords(
    missing.map((position) => images[position] as SourceImage),
    part,
    context,
    (index, record) => records.set(missing[index] as number, record),
    (index, file) => skip(missing[index] as number, file, skipped, context),
  )
  return records
}

function skip(
  position: number,
  file: SkippedFile,
  skipped: Map<number, SkippedFile>,
  context: JobContext,
): void {
  skipped.set(position, file)
  context.emit({
    type: 'notice',
    code: 'image-skipped',
    message: `${file.path} is left out (${file.reason}): ${file.detail}`,
  })
}

function allocate(records: number, recordBytes: number): Uint8Array {
  try {
    return new Uint8Array(records * recordBytes)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new AppError(
      'internal',
      `There is not enough memory for the features of ${records} images (${Math.ceil((records * recordBytes) / 1e6)} MB). ` +
        'Lower the memory budget of the cache, so that they are read from the disk.',
      { records, recordBytes },
    )
  }
}
