import { leastSimilarity } from '../../contract/hygiene.ts'
import { perceptualHasher, type HashWindow } from '../../imaging/perceptual-hash.ts'
import { layoutBytes } from '../../imaging/measure.ts'
import { compareLayouts, nearDuplicateCorrelation } from './compare-layouts.ts'
import { createHashIndex } from './hash-index.ts'

/** Changes whenever other pairs would be found: images compared before are compared again. */
export const comparisonVersion = 2

/** Pictures to compare, each with a number from 0 on. */
export interface ComparedPictures {
  /** Of its `perceptualHash`: uint32. */
  high: Uint32Array
  low: Uint32Array
  /** uint8, `layoutBytes` of each. */
  layouts: Uint8Array
  /** 1: not compared with any other yet. Pairs of which neither is are not looked for. */
  isNew: Uint8Array
}

export interface SimilarPair {
  /** Numbers of pictures; `a` is the lower. */
  a: number
  b: number
  /** `compareLayouts` of them, from `leastSimilarity` on: whether that makes them duplicates is a person's choice. */
  similarity: number
}

const cut = (left: number, top: number, right: number, bottom: number): HashWindow => ({
  left,
  top,
  right,
  bottom,
})

/** Parts of a picture that another may be: up to 8% cut off a side. A hash bears a few percent more or less. */
const windows: readonly HashWindow[] = [
  cut(0, 0, 0, 0),
  cut(0.025, 0.025, 0.025, 0.025),
  cut(0.05, 0.05, 0.05, 0.05),
  cut(0.075, 0.075, 0.075, 0.075),
  cut(0.05, 0, 0, 0),
  cut(0, 0.05, 0, 0),
  cut(0, 0, 0.05, 0),
  cut(0, 0, 0, 0.05),
  cut(0.05, 0.05, 0, 0),
  cut(0, 0.05, 0.05, 0),
  cut(0.05, 0, 0, 0.05),
  cut(0, 0, 0.05, 0.05),
  cut(0.08, 0.04, 0, 0.04),
  cut(0, 0.04, 0.08, 0.04),
  cut(0.04, 0.08, 0.04, 0),
  cut(0.04, 0, 0.04, 0.08),
]
const hashers = windows.map((window) => ({ window, hashOf: perceptualHasher(window) }))

/** So many duplicates of one picture are enough to join it to its group, however large. */
const mostMatches = 24
const mostMisses = 200

/** One of several processes that share the pictures out: each looks for those that every `of`-th picture has parts of. */
export interface ComparedShare {
  /** 0 to `of` - 1. */
  part: number
  of: number
}

/**
 * Finds pictures that show the same: resized, encoded again, brightened or slightly cut. Candidates are those whose perceptual hash is near that
 * of a part of the other; each pair is then laid over each other, either way round.
 *
 * @param onProgress called now and then with how many pictures were looked at, of those of the share
 * @returns each pair once; `mergePairs` of all shares gives the same however many they are
 */
export function findNearDuplicates(
  pictures: ComparedPictures,
  onProgress: (done: number, total: number) => void,
  share: ComparedShare = { part: 0, of: 1 },
): SimilarPair[] {
  const { high, low, layouts, isNew } = pictures
  const count = isNew.length
  const numbers = Uint32Array.from({ length: count }, (_, index) => index)
  const ofNew = createHashIndex(
    high,
    low,
    numbers.filter((index) => isNew[index] === 1),
  )
  const ofAll = isNew.every((value) => value === 1) ? ofNew : createHashIndex(high, low, numbers)
  const found: SimilarPair[] = []

  const shared = Math.ceil((count - share.part) / share.of)
  for (let looked = 0; looked < shared; looked += 1) {
    const whole = share.part + looked * share.of
    if (looked % 256 === 0) onProgress(looked, shared)
    const layout = layouts.subarray(whole * layoutBytes, (whole + 1) * layoutBytes)
    const candidates = new Map<number, { distance: number; window: HashWindow }>()
    for (const { window, hashOf } of hashers) {
      const [hashHigh, hashLow] = hashOf(layout)
      const index = isNew[whole] === 1 ? ofAll : ofNew
      index.search(hashHigh, hashLow, (part, distance) => {
        if (part === whole) return
        const known = candidates.get(part)
        if (!known || distance < known.distance) candidates.set(part, { distance, window })
      })
    }
    if (candidates.size === 0) continue
    let matches = 0
    let misses = 0
    const nearest = [...candidates].sort(([, a], [, b]) => a.distance - b.distance)
    for (const [part, { window }] of nearest) {
      if (matches >= mostMatches || misses >= mostMisses) break
      const [a, b] = part < whole ? [part, whole] : [whole, part]
      const similarity = compareLayouts(layouts, part, whole, window)
      if (similarity < nearDuplicateCorrelation) misses += 1
      else matches += 1
      if (similarity >= leastSimilarity) found.push({ a, b, similarity: Math.min(1, similarity) })
    }
  }
  onProgress(shared, shared)
  return mergePairs([found])
}

/** Pairs that several shares found, each once, with the larger similarity. */
export function mergePairs(found: readonly (readonly SimilarPair[])[]): SimilarPair[] {
  const pairs = new Map<string, SimilarPair>()
  for (const pair of found.flat()) {
    const key = `${pair.a} ${pair.b}`
    const known = pairs.get(key)
    if (!known || known.similarity < pair.similarity) pairs.set(key, pair)
  }
  return [...pairs.values()].sort((one, other) => one.a - other.a || one.b - other.b)
}
