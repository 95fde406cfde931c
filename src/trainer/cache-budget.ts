import { join } from 'node:path'
import { deleteKey, folderBytes, keysOf, lastUse } from './cache-files.ts'

/** The place that the caches of one folder share. */
export interface CacheBudget {
  /**
   * Takes so many bytes for a key, deleting other keys where they are in the way, the longest unused first.
   *
   * @returns false where the budget is too small even so
   */
  readonly reserve: (key: string, bytes: number) => boolean
  /** Whether so many bytes would have a place beside those of the protected keys. */
  readonly fits: (bytes: number) => boolean
  /** Keeps a key from being deleted through this budget. */
  readonly protect: (key: string) => void
}

/** Other processes write into the folder too: their bytes are counted anew after so many of our own. */
const recountBytes = 64 * 1024 ** 2

/** @param diskBudgetBytes of all keys in `folder` together */
export function createCacheBudget(folder: string, diskBudgetBytes: number): CacheBudget {
  const isProtected = new Set<string>()
  const sizes = new Map<string, number>()
  let sinceCount = 0

  const count = (): void => {
    const found = new Map(keysOf(folder).map((key) => [key, folderBytes(join(folder, key))]))
    // What is not written yet is in none of our files, but has its place already.
    for (const key of isProtected) found.set(key, Math.max(found.get(key) ?? 0, sizes.get(key) ?? 0))
    sizes.clear()
    for (const [key, bytes] of found) sizes.set(key, bytes)
    sinceCount = 0
  }
  const sumOf = (keys: Iterable<string>): number => {
    let sum = 0
    for (const key of keys) sum += sizes.get(key) ?? 0
    return sum
  }
  const makeRoom = (bytes: number): void => {
    const oldestFirst = [...sizes.keys()]
      .filter((key) => !isProtected.has(key))
      .sort((a, b) => lastUse(join(folder, a)) - lastUse(join(folder, b)))
    for (const key of oldestFirst) {
      if (sumOf(sizes.keys()) + bytes <= diskBudgetBytes) return
      deleteKey(folder, key)
      sizes.delete(key)
    }
  }
  count()

  return {
    protect(key) {
      isProtected.add(key)
    },
    fits: (bytes) => sumOf(isProtected) + bytes <= diskBudgetBytes,
    reserve(key, bytes) {
      if (sumOf(isProtected) + bytes > diskBudgetBytes) return false
      if (sinceCount > recountBytes) count()
      if (sumOf(sizes.keys()) + bytes > diskBudgetBytes) makeRoom(bytes)
      sizes.set(key, (sizes.get(key) ?? 0) + bytes)
      sinceCount += bytes
      return true
    },
  }
}
