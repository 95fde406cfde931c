import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import type { FeatureCacheAbout } from '../contract/feature-cache-files.ts'
import { createCacheBudget, type CacheBudget } from './cache-budget.ts'
import { markUsed } from './cache-files.ts'
import {
  closeShard,
  createShardWriter,
  entryBytes,
  readIndexes,
  readRange,
  readRecord,
  type Location,
  type Shard,
} from './cache-shards.ts'

const chunkBytes = 4 * 1024 ** 2

/** Records of one kind, by an id of 32 bytes in hexadecimal: the hash of the image they were computed from, or one made from it. */
export interface FeatureCache {
  readonly has: (id: string) => boolean
  /**
   * Reads a record into `out`, which has its length.
   *
   * @returns false where there is none, or where it is damaged: it is then forgotten
   */
  readonly read: (id: string, out: Uint8Array) => boolean
  /**
   * Reads many records in the order in which they lie on the disk, in large pieces.
   *
   * @param outOf where the record of `ids[index]` goes
   * @param pause is waited for between the pieces
   * @returns for each id whether it was there
   */
  readonly readMany: (
    ids: readonly string[],
    outOf: (index: number) => Uint8Array,
    pause: () => Promise<void>,
  ) => Promise<boolean[]>
  /**
   * Adds a record, which is written with others later, at most a second.
   *
   * @returns false where it has no place: the budget or the disk is full
   */
  readonly append: (id: string, record: Uint8Array) => boolean
  /** Whether so many more records would fit the budget, after what other kinds of records leave for them. */
  readonly fits: (records: number) => boolean
  /** Writes what was added. */
  readonly flush: () => void
  /** Flushes and lets go of the files. */
  readonly close: () => void
}

/** What a cache is opened with. */
export interface FeatureCacheOptions {
  /** Of all caches: each key has a folder in it, which may be deleted at any time. */
  readonly folder: string
  /** Names what the records were computed by, in hexadecimal. */
  readonly key: string
  /** Of each record. */
  readonly recordBytes: number
  /** Of all keys together; the keys that were not used for longest make room. */
  readonly diskBudgetBytes: number
  /** Where several caches of one folder are open at once: the budget that they share, in place of one of its own. */
  readonly budget?: CacheBudget
  /** What the records are, for people: kept beside them. */
  readonly about?: FeatureCacheAbout
  /** Called once when writing fails: the cache then only reads. */
  readonly onWriteError?: (error: unknown) => void
}

/**
 * A cache on disk: shards of fixed-size records, each with an index of `id -> slot`. A shard has one writer, the process that
 * made it, and is never changed later, so any number of trainers may use one folder at once without a lock. An index entry is written
 * after its record and carries checksums of both: what a crash or a bad disk leaves behind is noticed and computed again.
 */
export function openFeatureCache(options: FeatureCacheOptions): FeatureCache {
  const { recordBytes, key } = options
  const folder = join(options.folder, key)
  const budget = options.budget ?? createCacheBudget(options.folder, options.diskBudgetBytes)
  budget.protect(key)
  markUsed(folder)
  const locations = readIndexes(folder, recordBytes)
  const about = options.about ?? null
  const writer = createShardWriter(folder, { recordBytes, about }, locations, (error) =>
    options.onWriteError?.(error),
  )
  return {
    has: (id) => locations.has(id) || writer.pending.has(id),
    read(id, out) {
      const pending = writer.pending.get(id)
      if (pending !== undefined) {
        out.set(pending)
        return true
      }
      const location = locations.get(id)
      if (location === undefined) return false
      if (readRecord(location, out)) return true
      locations.delete(id)
      return false
    },
    readMany: (ids, outOf, pause) => readMany(ids, locations, recordBytes, outOf, pause),
    append(id, record) {
      if (!writer.isAlive() || !budget.reserve(key, recordBytes + entryBytes)) return false
      writer.add(id, record)
      return true
    },
    fits: (records) => writer.isAlive() && budget.fits(records * (recordBytes + entryBytes)),
    flush: writer.flush,
    close() {
      writer.close()
      for (const { shard } of locations.values()) closeShard(shard)
    },
  }
}

async function readMany(
  ids: readonly string[],
  locations: Map<string, Location>,
  recordBytes: number,
  outOf: (index: number) => Uint8Array,
  pause: () => Promise<void>,
): Promise<boolean[]> {
  const found = ids.map(() => false)
  const atOnce = Math.max(1, Math.floor(chunkBytes / recordBytes))
  const chunk = new Uint8Array(atOnce * recordBytes)
  for (const [shard, wanted] of byShard(ids, locations)) {
    wanted.sort((a, b) => a.location.slot - b.location.slot)
    for (let first = 0; first < wanted.length;) {
      const start = wanted[first]?.location.slot ?? 0
      let end = first
      while (end < wanted.length && (wanted[end]?.location.slot ?? 0) < start + atOnce) end += 1
      const part = wanted.slice(first, end)
      const slots = (part.at(-1)?.location.slot ?? start) - start + 1
      const bytes = chunk.subarray(0, slots * recordBytes)
      if (readRange(shard, start * recordBytes, bytes)) {
        for (const { index, location } of part) {
          const place = (location.slot - start) * recordBytes
          const record = bytes.subarray(place, place + recordBytes)
          if (crc32(record) !== location.checksum) continue
          outOf(index).set(record)
          found[index] = true
        }
      }
      first = end
      await pause()
    }
  }
  ids.forEach((id, index) => {
    if (!found[index]) locations.delete(id)
  })
  return found
}

function byShard(
  ids: readonly string[],
  locations: ReadonlyMap<string, Location>,
): Map<Shard, { index: number; location: Location }[]> {
  const shards = new Map<Shard, { index: number; location: Location }[]>()
  ids.forEach((id, index) => {
    const location = locations.get(id)
    if (location === undefined) return
    const wanted = shards.get(location.shard)
    if (wanted === undefined) shards.set(location.shard, [{ index, location }])
    else wanted.push({ index, location })
  })
  return shards
}
