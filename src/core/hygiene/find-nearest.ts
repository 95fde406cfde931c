import { createRandom } from '../../models/random.ts'

/** How many neighbours of an image are looked for. */
export const neighbourCount = 20

/** Of a larger set so many are drawn, of which the nearest are found: one in ten of 100,000 tells a neighbourhood as well. */
const usualMostCandidates = 10_000
const rowsBetweenReports = 100

/**
 * The rows that are nearest to each of some rows, among these rows themselves.
 *
 * @param features `[any number, width]`, float32
 * @param rows which of them; all finite
 * @param options.count of neighbours
 * @param options.mostCandidates of a larger set a part is drawn, the same each time
 * @returns `[rows.length, count]`: row numbers, the nearest first; -1 where there are no more
 */
export function findNearest(
  features: Float32Array,
  width: number,
  rows: Int32Array,
  {
    onProgress = () => {},
    count = neighbourCount,
    mostCandidates = usualMostCandidates,
  }: { onProgress?: (done: number, total: number) => void; count?: number; mostCandidates?: number } = {},
): Int32Array {
  const drawn = createRandom({ seed: 0, purpose: 'neighbours' }).permutation(rows.length)
  const candidates = Int32Array.from(
    drawn.subarray(0, mostCandidates),
    (place) => rows[place] as number,
  ).sort()
  // Side by side in memory, as each is read once for every row.
  const values = new Float32Array(candidates.length * width)
  candidates.forEach((row, place) =>
    values.set(features.subarray(row * width, (row + 1) * width), place * width),
  )
  const nearest = new Int32Array(rows.length * count).fill(-1)
  const distances = new Float64Array(count)
  rows.forEach((row, index) => {
    if (index % rowsBetweenReports === 0) onProgress(index, rows.length)
    const found = nearest.subarray(index * count, (index + 1) * count)
    distances.fill(Infinity)
    const start = row * width
    let farthest = Infinity
    for (let place = 0, at = 0; place < candidates.length; place += 1, at += width) {
      let distance = 0
      for (let offset = 0; offset < width; offset += 1) {
        const difference = (features[start + offset] as number) - (values[at + offset] as number)
        distance += difference * difference
      }
      if (distance >= farthest || candidates[place] === row) continue
      let slot = count - 1
      for (; slot > 0 && distance < (distances[slot - 1] as number); slot -= 1) {
        distances[slot] = distances[slot - 1] as number
        found[slot] = found[slot - 1] as number
      }
      distances[slot] = distance
      found[slot] = candidates[place] as number
      farthest = distances[count - 1] as number
    }
  })
  onProgress(rows.length, rows.length)
  return nearest
}
