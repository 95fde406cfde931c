import { createHash } from 'node:crypto'
import { createCacheBudget } from '../cache-budget.ts'
import { openFeatureCache, type FeatureCache } from '../feature-cache.ts'
import type { FrozenPart } from '../frozen-part.ts'
import type { JobContext } from '../job-context.ts'
import type { WantedRecord } from './record-plan.ts'
import type { SourceImage } from './record-maker.ts'
import type { TrainingAugmentation } from '../training-augmentation.ts'

/** Budgets and place of the cache of records. */
export interface RecordCacheOptions {
  readonly folder: string
  readonly memoryBudgetBytes: number
  readonly diskBudgetBytes: number
}

/** The caches on disk of a training: one of the images as they are, one of their variants. Without a folder there is nothing in them. */
export interface RecordCaches {
  readonly has: (record: WantedRecord) => boolean
  readonly read: (record: WantedRecord, out: Uint8Array) => boolean
  /** @returns for each record whether it was there, and is now where `outOf` says */
  readonly readMany: (
    records: readonly WantedRecord[],
    outOf: (index: number) => Uint8Array,
    pause: () => Promise<void>,
  ) => Promise<boolean[]>
  readonly append: (record: WantedRecord, bytes: Uint8Array) => void
  /** Whether all of these would have a place. */
  readonly fits: (records: readonly WantedRecord[]) => boolean
  readonly flush: () => void
  readonly close: () => void
}

export function openRecordCaches(
  images: readonly SourceImage[],
  part: FrozenPart,
  augmentation: TrainingAugmentation | null,
  options: RecordCacheOptions | null,
  context: JobContext,
): RecordCaches {
  if (options === null) return noCaches
  const budget = createCacheBudget(options.folder, options.diskBudgetBytes)
  const open = (key: string, augmentation: string | null): FeatureCache =>
    openFeatureCache({
      folder: options.folder,
      key,
      recordBytes: part.recordBytes,
      diskBudgetBytes: options.diskBudgetBytes,
      budget,
      about: { ...part.about, augmentation },
      onWriteError: (error) => tellWriteError(error, options.folder, context),
    })
  const clean = open(part.key, null)
  const variants =
    augmentation === null || part.isPixels || augmentation.kept === 0
      ? null
      : open(variantKey(part.key, augmentation.augmenter.id), augmentation.augmenter.specification)
  const all = variants === null ? [clean] : [clean, variants]
  const cacheOf = ({ variant }: WantedRecord): FeatureCache | null => (variant === null ? clean : variants)
  const idOf = ({ position, variant }: WantedRecord): string => {
    const { sha256 } = images[position] as SourceImage
    return variant === null ? sha256 : variantId(sha256, variant)
  }
  return {
    has: (record) => cacheOf(record)?.has(idOf(record)) ?? false,
    read: (record, out) => cacheOf(record)?.read(idOf(record), out) ?? false,
    async readMany(records, outOf, pause) {
      const found = records.map(() => false)
      for (const cache of all) {
        const indexes = records.flatMap((record, index) => (cacheOf(record) === cache ? [index] : []))
        const present = await cache.readMany(
          indexes.map((index) => idOf(records[index] as WantedRecord)),
          (place) => outOf(indexes[place] ?? 0),
          pause,
        )
        indexes.forEach((index, place) => (found[index] = present[place] ?? false))
      }
      return found
    },
    append(record, bytes) {
      cacheOf(record)?.append(idOf(record), bytes)
    },
    fits: (records) => clean.fits(records.length),
    flush() {
      for (const cache of all) cache.flush()
    },
    close() {
      for (const cache of all) cache.close()
    },
  }
}

const noCaches: RecordCaches = {
  has: () => false,
  read: () => false,
  readMany: (records) => Promise.resolve(records.map(() => false)),
  append: () => {},
  fits: () => false,
  flush: () => {},
  close: () => {},
}

function variantKey(partKey: string, augmentation: string): string {
  return createHash('sha256').update(`${partKey}\n${augmentation}`).digest('hex')
}

function variantId(sha256: string, variant: number): string {
  return createHash('sha256').update(`${sha256} ${variant}`).digest('hex')
}

function tellWriteError(error: unknown, folder: string, context: JobContext): void {
  const reason = error instanceof Error ? error.message : String(error)
  context.emit({
    type: 'notice',
    code: 'cache-not-written',
    message: `The cache of features in ${folder} cannot be written (${reason}); training goes on without it.`,
  })
}
