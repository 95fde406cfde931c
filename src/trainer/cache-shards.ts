import { randomBytes } from 'node:crypto'
import { closeSync, mkdirSync, openSync, readSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { featureCacheFiles, type FeatureCacheAbout } from '../contract/feature-cache-files.ts'
import { listFolder, readWholeFile, sizeOf, writeFully } from './cache-files.ts'

/** A file of records; opened when it is first read. */
export interface Shard {
  readonly path: string
  descriptor: number | undefined
}

/** Where a record lies. */
export interface Location {
  readonly shard: Shard
  readonly slot: number
  readonly checksum: number
}

/** Id (32 bytes), slot, checksum of the record, length of a record, checksum of these 44 bytes. */
export const entryBytes = featureCacheFiles.indexEntryBytes
const checkedEntryBytes = 44
const largestShardBytes = 256 * 1024 ** 2
const flushBytes = 4 * 1024 ** 2
/** Of a shard's name. */
const timeDigits = 9
/** A crash costs what was computed in so much time. */
const flushIntervalMs = 1000
const { recordsSuffix, indexSuffix, about: aboutName } = featureCacheFiles

/** Where every whole record of a folder lies, by id. */
export function readIndexes(folder: string, recordBytes: number): Map<string, Location> {
  const locations = new Map<string, Location>()
  // Names begin with their time, so the newest record of an id wins.
  for (const name of listFolder(folder).sort()) {
    if (!name.endsWith(indexSuffix)) continue
    const path = join(folder, name.slice(0, -indexSuffix.length) + recordsSuffix)
    const dataBytes = sizeOf(path)
    const index = readWholeFile(join(folder, name))
    if (dataBytes === undefined || index === undefined) continue
    const shard: Shard = { path, descriptor: undefined }
    for (let offset = 0; offset + entryBytes <= index.length; offset += entryBytes) {
      const entry = index.subarray(offset, offset + entryBytes)
      if (crc32(entry.subarray(0, checkedEntryBytes)) !== entry.readUInt32LE(checkedEntryBytes)) continue
      const slot = entry.readUInt32LE(32)
      if (entry.readUInt32LE(40) !== recordBytes || (slot + 1) * recordBytes > dataBytes) continue
      locations.set(entry.toString('hex', 0, 32), { shard, slot, checksum: entry.readUInt32LE(36) })
    }
  }
  return locations
}

/** @returns false where the record is damaged or no longer there */
export function readRecord({ shard, slot, checksum }: Location, out: Uint8Array): boolean {
  return readRange(shard, slot * out.length, out) && crc32(out) === checksum
}

/** @returns whether all of `out` could be filled from `position` on */
export function readRange(shard: Shard, position: number, out: Uint8Array): boolean {
  try {
    shard.descriptor ??= openSync(shard.path, 'r')
    return readSync(shard.descriptor, out, 0, out.length, position) === out.length
  } catch {
    // A shard that was deleted under us, or a disk that fails: the record is computed again, and that tells of real trouble.
    return false
  }
}

export function closeShard(shard: Shard): void {
  if (shard.descriptor !== undefined) closeSync(shard.descriptor)
  shard.descriptor = undefined
}

/** Now, in milliseconds; later than every shard there, also where they were made in this millisecond or the clock was set back. */
function shardTime(folder: string): number {
  const times = listFolder(folder)
    .filter((name) => name.endsWith(recordsSuffix))
    .map((name) => Number.parseInt(name.slice(0, timeDigits), 36))
  return Math.max(Date.now(), ...times.map((time) => time + 1))
}

/** Adds records to shards of its own. */
export interface ShardWriter {
  /** Records that are not in a file yet. */
  readonly pending: ReadonlyMap<string, Uint8Array>
  readonly isAlive: () => boolean
  readonly add: (id: string, record: Uint8Array) => void
  readonly flush: () => void
  readonly close: () => void
}

/**
 * @param locations is told where each record lies once it does
 * @param onError is called once; nothing is written after it
 */
export function createShardWriter(
  folder: string,
  { recordBytes, about }: { recordBytes: number; about: FeatureCacheAbout | null },
  locations: Map<string, Location>,
  onError: (error: unknown) => void,
): ShardWriter {
  const pending = new Map<string, Uint8Array>()
  let open: { shard: Shard; data: number; index: number; slots: number } | undefined
  let failed = false
  let lastFlush = performance.now()

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
    const aboutPath = join(folder, aboutName)
    if (about !== null && sizeOf(aboutPath) === undefined)
      writeFileSync(aboutPath, `${JSON.stringify(about)}\n`)
    const name = `${shardTime(folder).toString(36).padStart(timeDigits, '0')}-${randomBytes(6).toString('hex')}`
    const path = join(folder, name + recordsSuffix)
    const data = openSync(path, 'wx')
    const index = openSync(join(folder, name + indexSuffix), 'wx')
    open = { shard: { path, descriptor: undefined }, data, index, slots: 0 }
    return open
  }
  const flush = (): void => {
    lastFlush = performance.now()
    if (pending.size === 0 || failed) return
    try {
      const files = openFiles()
      const index = Buffer.alloc(pending.size * entryBytes)
      const added: [string, Location][] = []
      let slot = files.slots
      for (const [id, record] of pending) {
        const checksum = crc32(record)
        const entry = index.subarray(added.length * entryBytes, (added.length + 1) * entryBytes)
        entry.write(id, 0, 'hex')
        entry.writeUInt32LE(slot, 32)
        entry.writeUInt32LE(checksum, 36)
        entry.writeUInt32LE(recordBytes, 40)
        entry.writeUInt32LE(crc32(entry.subarray(0, checkedEntryBytes)), checkedEntryBytes)
        added.push([id, { shard: files.shard, slot, checksum }])
        slot += 1
      }
      writeFully(files.data, Buffer.concat([...pending.values()]))
      // After the records, so that an entry never names one that is not there.
      writeFully(files.index, index)
      files.slots = slot
      for (const [id, location] of added) locations.set(id, location)
      pending.clear()
    } catch (error) {
      failed = true
      onError(error)
    }
  }
  return {
    pending,
    isAlive: () => !failed,
    add(id, record) {
      pending.set(id, Uint8Array.from(record))
      if (pending.size * recordBytes >= flushBytes || performance.now() - lastFlush > flushIntervalMs) flush()
    },
    flush,
    close() {
      flush()
      closeFiles()
    },
  }
}
