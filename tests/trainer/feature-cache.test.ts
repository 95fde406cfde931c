import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createCacheBudget } from '../../src/trainer/cache-budget.ts'
import { openFeatureCache, type FeatureCacheOptions } from '../../src/trainer/feature-cache.ts'

const key = 'a'.repeat(64)
const otherKey = 'b'.repeat(64)
const recordBytes = 64
let folder: string

beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'thaw-cache-'))))
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true, force: true })
})

const hashOf = (index: number): string => index.toString(16).padStart(64, '0')
const recordOf = (index: number): Uint8Array =>
  new Uint8Array(recordBytes).map((_, at) => (index * 31 + at) % 256)
const open = (options: Partial<FeatureCacheOptions> = {}) =>
  openFeatureCache({ folder, key, recordBytes, diskBudgetBytes: 1e6, ...options })

function fill(count: number, options = {}, from = 0): boolean[] {
  const cache = open(options)
  const stored = Array.from({ length: count }, (_, index) =>
    cache.append(hashOf(from + index), recordOf(from + index)),
  )
  cache.close()
  return stored
}

/** The indexes whose records come out whole; a wrong record fails. */
function readable(count: number): number[] {
  const cache = open()
  const out = new Uint8Array(recordBytes)
  const found = Array.from({ length: count }, (_, index) => index).filter((index) => {
    if (!cache.read(hashOf(index), out)) return false
    expect(out).toEqual(recordOf(index))
    return true
  })
  cache.close()
  return found
}

const files = (suffix: string): string[] =>
  readdirSync(join(folder, key))
    .filter((name) => name.endsWith(suffix))
    .sort()
    .map((name) => join(folder, key, name))

describe('the feature cache', () => {
  it('gives back what another process put in, and only that', () => {
    fill(3)
    expect(readable(5)).toEqual([0, 1, 2])
  })

  it('gives back a record before it is in a file', () => {
    const cache = open()
    cache.append(hashOf(1), recordOf(1))
    const out = new Uint8Array(recordBytes)
    expect(cache.has(hashOf(1)) && cache.read(hashOf(1), out)).toBe(true)
    expect(out).toEqual(recordOf(1))
    cache.close()
  })

  it('lets two write at once, each its own shard', () => {
    const [one, two] = [open(), open()]
    one.append(hashOf(0), recordOf(0))
    two.append(hashOf(1), recordOf(1))
    one.close()
    two.close()
    expect(files('.records')).toHaveLength(2)
    expect(readable(2)).toEqual([0, 1])
  })

  it('drops records that a truncated shard no longer holds', () => {
    fill(4)
    truncateSync(files('.records')[0]!, 2 * recordBytes + 10)
    expect(readable(4)).toEqual([0, 1])
  })

  it('notices a flipped bit, and takes the record that was computed again', () => {
    fill(3)
    const [shard] = files('.records')
    const bytes = readFileSync(shard!)
    bytes[recordBytes + 5]! ^= 1
    writeFileSync(shard!, bytes)
    expect(readable(3)).toEqual([0, 2])
    fill(1, {}, 1)
    expect(readable(3)).toEqual([0, 1, 2])
  })

  it('does so also within one millisecond, and where the clock was set back', () => {
    const clock = vi.spyOn(Date, 'now')
    for (let time = 1_800_000_000_000; time > 1_799_999_999_984; time -= 1) {
      clock.mockReturnValue(time - (time % 2))
      fill(1)
      const newest = files('.records').at(-1)!
      expect(readable(1)).toEqual([0])
      const bytes = readFileSync(newest)
      bytes[5]! ^= 1
      writeFileSync(newest, bytes)
      expect(readable(1)).toEqual([])
    }
  })

  it.each([1, 17, 47, 49, 100])('survives an index cut off after %i bytes', (length) => {
    fill(4)
    truncateSync(files('.index')[0]!, length)
    expect(readable(4)).toEqual([0, 1, 2, 3].slice(0, Math.floor(length / 48)))
  })

  it('survives an index whose data never came', () => {
    fill(2)
    const [index] = files('.index')
    const entries = readFileSync(index!)
    // As after a crash of the machine: the index reached the disk, the records did not.
    truncateSync(files('.records')[0]!, 0)
    appendFileSync(index!, entries)
    expect(readable(2)).toEqual([])
  })

  it('ignores records of another length', () => {
    fill(2)
    const cache = openFeatureCache({ folder, key, recordBytes: 32, diskBudgetBytes: 1e6 })
    expect(cache.has(hashOf(0))).toBe(false)
    cache.close()
  })

  it('stops at its budget, and says so', () => {
    const stored = fill(10, { diskBudgetBytes: 5 * (recordBytes + 48) })
    expect(stored.filter(Boolean)).toHaveLength(5)
    expect(readable(10)).toEqual([0, 1, 2, 3, 4])
  })

  it('makes room by deleting the key that was unused for longest', () => {
    const oldest = 'c'.repeat(64)
    for (const one of [oldest, otherKey]) fill(4, { key: one })
    utimesSync(join(folder, oldest, 'used'), 1, 1)
    expect(fill(4, { diskBudgetBytes: 9 * (recordBytes + 48) })).toEqual([true, true, true, true])
    expect([existsSync(join(folder, oldest)), existsSync(join(folder, otherKey))]).toEqual([false, true])
  })

  it('only reads where it cannot write, and tells once', () => {
    fill(1)
    const errors: unknown[] = []
    const cache = openFeatureCache({
      folder,
      key,
      recordBytes,
      diskBudgetBytes: 1e6,
      onWriteError: (error) => errors.push(error),
    })
    const out = new Uint8Array(recordBytes)
    expect(cache.read(hashOf(0), out)).toBe(true)
    rmSync(join(folder, key), { recursive: true })
    writeFileSync(join(folder, key), 'a file where the folder should be')
    cache.append(hashOf(1), recordOf(1))
    cache.flush()
    expect(errors).toHaveLength(1)
    expect(cache.append(hashOf(2), recordOf(2))).toBe(false)
    cache.close()
    expect(errors).toHaveLength(1)
  })

  it('reads many at once, in whatever order they are asked for, without those that are damaged or missing', async () => {
    fill(6)
    fill(3, {}, 6)
    // Shards have names by chance: the larger one is that of the first six.
    const shard = files('.records').find((path) => statSync(path).size === 6 * recordBytes)
    const bytes = readFileSync(shard!)
    bytes[2 * recordBytes]! ^= 1
    writeFileSync(shard!, bytes)
    const cache = open()
    const wanted = [8, 2, 0, 77, 5, 6]
    const out = wanted.map(() => new Uint8Array(recordBytes))
    let pauses = 0
    const found = await cache.readMany(
      wanted.map(hashOf),
      (index) => out[index]!,
      () => Promise.resolve(void (pauses += 1)),
    )
    expect(found).toEqual([true, false, true, false, true, true])
    wanted.forEach((index, place) => {
      if (found[place]) expect(out[place]).toEqual(recordOf(index))
    })
    expect(pauses).toBeGreaterThanOrEqual(2)
    expect([cache.has(hashOf(2)), cache.has(hashOf(8))]).toEqual([false, true])
    cache.close()
  })

  it('writes what was added within a second or so, whatever else happens', async () => {
    const cache = open()
    cache.append(hashOf(0), recordOf(0))
    await delay(1050)
    cache.append(hashOf(1), recordOf(1))
    expect(readable(2)).toEqual([0, 1])
    cache.close()
  })

  it('shares one budget among caches of a folder, none of which makes room by deleting another', () => {
    fill(3, { key: 'c'.repeat(64) })
    const budget = createCacheBudget(folder, 8 * (recordBytes + 48))
    const [one, two] = [open({ budget }), open({ key: otherKey, budget })]
    const stored = [0, 1, 2, 3, 4].map((index) => [
      one.append(hashOf(index), recordOf(index)),
      two.append(hashOf(index), recordOf(index)),
    ])
    expect(stored.flat().filter(Boolean)).toHaveLength(8)
    expect([one.fits(0), one.fits(1)]).toEqual([true, false])
    one.close()
    two.close()
    expect(existsSync(join(folder, 'c'.repeat(64)))).toBe(false)
    expect(readable(5)).toEqual([0, 1, 2, 3])
  })
})
