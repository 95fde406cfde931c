import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'

/** Where a record lies. */
interface Location {
  readonly shard: Shard
  readonly slot: number
  readonly checksum: number
}

interface Shard {
  readonly path: string
  descriptor: number | undefined
}

/** sha256 (32 bytes), slot, checksum of the record, length of a record, checksum of these 44 bytes. */
const entryBytes = 48
const checkedEntryBytes = 44
const largestShardBytes = 256 * 1024 ** 2
const flushBytes = 4 * 1024 ** 2
const dataSuffix = '.records'
const indexSuffix = '.index'
const usedName = 'used'

/** Records of one kind, by the hash of the image they were computed from. */
export interface FeatureCache {
  readonly has: (sha256: string) => boolean
  /**
   * Reads a record into `out`, which has its length.
   *
   * @returns false where there is none, or where it is damaged: it is then forgotten
   */
  readonly read: (sha256: string, out: Uint8Array) => boolean
  /**
   * Adds a record, which is written with others later.
   *
   * @returns false where it has no place: the budget or the disk is full
   */
  readonly append: (sha256: string, record: Uint8Array) => boolean
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
  /** Called once when writing fails: the cache then only reads. */
  readonly onWriteError?: (error: unknown) => void
}

/**
 * A cache on disk: shards of fixed-size records, each with an index of `sha256 -> slot`. A shard has one writer, the process that
 * made it, and is never changed later, so any number of trainers may use one folder at once without a lock. An index entry is written
 * after its record and carries checksums of both: what a crash or a bad disk leaves behind is noticed and computed again.
 */
export function openFeatureCache(options: FeatureCacheOptions): FeatureCache {
  const { recordBytes, diskBudgetBytes } = options
  const folder = join(options.folder, options.key)
  const { locations, shards } = readIndexes(folder, recordBytes)
  markUsed(folder)
  const writer = createShardWriter(folder, recordBytes, (error) => options.onWriteError?.(error))
  const otherBytes = new Map(
    keysOf(options.folder).map((key) => [key, folderBytes(join(options.folder, key))]),
  )
  otherBytes.delete(options.key)
  let ownBytes = folderBytes(folder)

  /** Deletes other keys, the longest unused first, until `bytes` more have a place. */
  const makeRoom = (bytes: number): boolean => {
    if (ownBytes + bytes > diskBudgetBytes) return false
    const sum = (): number => [...otherBytes.values()].reduce((total, size) => total + size, 0)
    if (ownBytes + bytes + sum() <= diskBudgetBytes) return true
    const oldestFirst = [...otherBytes.keys()].sort(
      (a, b) => lastUse(join(options.folder, a)) - lastUse(join(options.folder, b)),
    )
    for (const key of oldestFirst) {
      if (ownBytes + bytes + sum() <= diskBudgetBytes) break
      rmSync(join(options.folder, key), { recursive: true, force: true })
      otherBytes.delete(key)
    }
    return true
  }

  return {
    has: (sha256) => locations.has(sha256) || writer.pending.has(sha256),
    read(sha256, out) {
      const pending = writer.pending.get(sha256)
      if (pending !== undefined) {
        out.set(pending)
        return true
      }
      const location = locations.get(sha256)
      if (location === undefined) return false
      if (readRecord(location, recordBytes, out)) return true
      locations.delete(sha256)
      return false
    },
    append(sha256, record) {
      if (!writer.alive() || !makeRoom(recordBytes + entryBytes)) return false
      ownBytes += recordBytes + entryBytes
      writer.add(sha256, record, locations)
      return true
    },
    fits: (records) => ownBytes + records * (recordBytes + entryBytes) <= diskBudgetBytes,
    flush: () => writer.flush(locations),
    close() {
      writer.close(locations)
      for (const shard of shards) closeShard(shard)
      for (const { shard } of locations.values()) closeShard(shard)
    },
  }
}

function readIndexes(
  folder: string,
  recordBytes: number,
): { locations: Map<string, Location>; shards: Shard[] } {
  const locations = new Map<string, Location>()
  const shards: Shard[] = []
  // Names begin with their time, so the newest record of an image wins.
  for (const name of listFolder(folder).sort()) {
    if (!name.endsWith(indexSuffix)) continue
    const path = join(folder, name.slice(0, -indexSuffix.length) + dataSuffix)
    const dataBytes = sizeOf(path)
    const index = readWholeFile(join(folder, name))
    if (dataBytes === undefined || index === undefined) continue
    const shard: Shard = { path, descriptor: undefined }
    shards.push(shard)
    for (let offset = 0; offset + entryBytes <= index.length; offset += entryBytes) {
      const entry = index.subarray(offset, offset + entryBytes)
      if (crc32(entry.subarray(0, checkedEntryBytes)) !== entry.readUInt32LE(checkedEntryBytes)) continue
      const slot = entry.readUInt32LE(32)
      if (entry.readUInt32LE(40) !== recordBytes || (slot + 1) * recordBytes > dataBytes) continue
      locations.set(entry.toString('hex', 0, 32), { shard, slot, checksum: entry.readUInt32LE(36) })
    }
  }
  return { locations, shards }
}

function readRecord({ shard, slot, checksum }: Location, recordBytes: number, out: Uint8Array): boolean {
  try {
    shard.descriptor ??= openSync(shard.path, 'r')
    const count = readSync(shard.descriptor, out, 0, recordBytes, slot * recordBytes)
    return count === recordBytes && crc32(out) === checksum
  } catch {
    // A shard that was deleted under us, or a disk that fails: the record is computed again, and that tells of real trouble.
    return false
  }
}

interface ShardWriter {
  /** Records that are not in a file yet. */
  readonly pending: ReadonlyMap<string, Uint8Array>
  readonly alive: () => boolean
  readonly add: (sha256: string, record: Uint8Array, locations: Map<string, Location>) => void
  readonly flush: (locations: Map<string, Location>) => void
  readonly close: (locations: Map<string, Location>) => void
}

function createShardWriter(
  folder: string,
  recordBytes: number,
  onError: (error: unknown) => void,
): ShardWriter {
  const pending = new Map<string, Uint8Array>()
  let open: { shard: Shard; data: number; index: number; slots: number } | undefined
  let failed = false

  const closeFiles = (): void => {
    if (open === undefined) return
    closeSync(open.data)
    closeSync(open.index)
    open = undefined
  }
  const openFiles = (): NonNullable<typeof open> => {
    if (open !== undefined && (open.slots + pending.size) * recordBytes <= largestShardBytes) return open
    closeFiles()
    mkdirSync(folder, { recursive: true })
    const name = `${Date.now().toString(36).padStart(9, '0')}-${randomBytes(6).toString('hex')}`
    const path = join(folder, name + dataSuffix)
    const data = openSync(path, 'wx')
    const index = openSync(join(folder, name + indexSuffix), 'wx')
    open = { shard: { path, descriptor: undefined }, data, index, slots: 0 }
    return open
  }
  const flush = (locations: Map<string, Location>): void => {
    if (pending.size === 0 || failed) return
    try {
      const files = openFiles()
      const index = Buffer.alloc(pending.size * entryBytes)
      const added: [string, Location][] = []
      let slot = files.slots
      for (const [sha256, record] of pending) {
        const checksum = crc32(record)
        const entry = index.subarray(added.length * entryBytes, (added.length + 1) * entryBytes)
        entry.write(sha256, 0, 'hex')
        entry.writeUInt32LE(slot, 32)
        entry.writeUInt32LE(checksum, 36)
        entry.writeUInt32LE(recordBytes, 40)
        entry.writeUInt32LE(crc32(entry.subarray(0, checkedEntryBytes)), checkedEntryBytes)
        added.push([sha256, { shard: files.shard, slot, checksum }])
        slot += 1
      }
      writeFully(files.data, Buffer.concat([...pending.values()]))
      // After the records, so that an entry never names one that is not there.
      writeFully(files.index, index)
      files.slots = slot
      for (const [sha256, location] of added) locations.set(sha256, location)
      pending.clear()
    } catch (error) {
      failed = true
      onError(error)
    }
  }
  return {
    pending,
    alive: () => !failed,
    add(sha256, record, locations) {
      pending.set(sha256, Uint8Array.from(record))
      if (pending.size * recordBytes >= flushBytes) flush(locations)
    },
    flush,
    close(locations) {
      flush(locations)
      closeFiles()
    },
  }
}

function writeFully(descriptor: number, bytes: Uint8Array): void {
  let written = 0
  while (written < bytes.length) written += writeSync(descriptor, bytes, written)
}

function closeShard(shard: Shard): void {
  if (shard.descriptor !== undefined) closeSync(shard.descriptor)
  shard.descriptor = undefined
}

function markUsed(folder: string): void {
  const path = join(folder, usedName)
  try {
    mkdirSync(folder, { recursive: true })
    const now = new Date()
    if (sizeOf(path) === undefined) writeFileSync(path, '')
    utimesSync(path, now, now)
  } catch {
    // Only the order of deletion depends on it; a folder that cannot be written shows itself at the first record.
  }
}

function lastUse(folder: string): number {
  try {
    return statSync(join(folder, usedName)).mtimeMs
  } catch {
    return 0
  }
}

function keysOf(folder: string): string[] {
  return listFolder(folder).filter((name) => /^[0-9a-f]{64}$/.test(name))
}

function folderBytes(folder: string): number {
  return listFolder(folder).reduce((sum, name) => sum + (sizeOf(join(folder, name)) ?? 0), 0)
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function sizeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size
}

function readWholeFile(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
  } catch {
    return undefined
  }
}
