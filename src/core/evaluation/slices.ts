import type { Slice } from '../../contract/evaluation.ts'
import { adjustForDiscoveries, fisherExactTest, wilsonInterval } from '../../metrics/index.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { imageFacts, type ImageFacts } from './image-facts.ts'
import type { ScoredSplit } from './scored-split.ts'
import type { ViewMembers } from './view-members.ts'

/** Slices with fewer images say nothing. */
export const fewestOfSlice = 10

const significance = 0.05
/** Parts of equally many images that a measure is cut into. */
const parts = 4

/** A slice before it is judged. */
interface Cut {
  by: Slice['by']
  key: string
  name: string | null
  range: [number, number] | null
  /** Of the split. */
  rows: number[]
}

/**
 * Accuracy in parts of a split, each with a test of whether it differs from the rest, corrected for their number. It pauses now and then.
 *
 * @returns the least accurate first
 */
export function* evaluateSlices(
  project: OpenProject,
  scored: ScoredSplit,
  views: readonly ViewMembers[],
): Generator<undefined, { slices: Slice[]; tooSmall: number; fewest: number }> {
  const { labels, predicted, examples } = scored.predictions
  const right = Array.from(predicted, (index, row) => index === labels[row])
  const allRight = right.filter(Boolean).length
  const cuts = yield* cutSlices(project, scored, views)
  const judged: Omit<Slice, 'differs'>[] = []
  let tooSmall = 0
  for (const { rows, ...cut } of cuts) {
    // A slice that is everything has no rest to differ from.
    if (rows.length === examples) continue
    if (rows.length < fewestOfSlice) {
      tooSmall += 1
      continue
    }
    const correct = rows.filter((row) => right[row]).length
    const rest = examples - rows.length
    const restRight = allRight - correct
    judged.push({
      ...cut,
      images: rows.length,
      accuracy: correct / rows.length,
      interval95: wilsonInterval(correct, rows.length),
      restAccuracy: restRight / rest,
      p: fisherExactTest([
        [correct, rows.length - correct],
        [restRight, rest - restRight],
      ]),
    })
    yield
  }
  const adjusted = adjustForDiscoveries(judged.map(({ p }) => p))
  const slices = judged.map((slice, index) => {
    const p = adjusted[index] ?? 1
    return { ...slice, p, differs: p < significance }
  })
  return {
    slices: slices.sort((a, b) => a.accuracy - b.accuracy || b.images - a.images),
    tooSmall,
    fewest: fewestOfSlice,
  }
}

/** The rows of one slice; none where there is no such slice any more. */
export function* rowsOfSlice(
  project: OpenProject,
  scored: ScoredSplit,
  views: readonly ViewMembers[],
  { by, key }: Pick<Slice, 'by' | 'key'>,
): Generator<undefined, number[]> {
  const cuts = yield* cutSlices(project, scored, views)
  return cuts.find((cut) => cut.by === by && cut.key === key)?.rows ?? []
}

function* cutSlices(
  project: OpenProject,
  { hashes }: ScoredSplit,
  views: readonly ViewMembers[],
): Generator<undefined, Cut[]> {
  const facts = yield* imageFacts(project, hashes)
  const known = hashes.map((sha256) => facts.get(sha256))
  const imports = new Map(
    project.database
      .prepare<[], { id: number; source: string }>('SELECT id, source FROM imports')
      .all()
      .map(({ id, source }) => [id, source]),
  )
  const cuts = [
    ...cutByName('folder', known, ({ relativePath }) => {
      const end = relativePath.lastIndexOf('/')
      return {
        key: end < 0 ? '' : relativePath.slice(0, end),
        name: end < 0 ? '.' : relativePath.slice(0, end),
      }
    }),
    ...cutByName('import', known, ({ importId }) =>
      importId === null ? null : { key: String(importId), name: imports.get(importId) ?? String(importId) },
    ),
    ...cutByMeasure('brightness', known, ({ brightness }) => brightness),
    ...cutByMeasure('sharpness', known, ({ sharpness }) => sharpness),
    ...cutByMeasure('size', known, ({ side }) => side),
  ]
  for (const { id, name, imageIds } of views) {
    yield
    const rows = known.flatMap((image, row) => (image !== undefined && imageIds.has(image.id) ? [row] : []))
    cuts.push({ by: 'view', key: String(id), name, range: null, rows })
  }
  return cuts
}

function cutByName(
  by: Slice['by'],
  images: readonly (ImageFacts | undefined)[],
  nameOf: (image: ImageFacts) => { key: string; name: string } | null,
): Cut[] {
  const cuts = new Map<string, Cut>()
  images.forEach((image, row) => {
    const named = image && nameOf(image)
    if (!named) return
    const cut = cuts.get(named.key) ?? { by, ...named, range: null, rows: [] }
    cut.rows.push(row)
    cuts.set(named.key, cut)
  })
  return [...cuts.values()]
}

/** Quarters of the split by a measure; equal values stay together. */
function cutByMeasure(
  by: Slice['by'],
  images: readonly (ImageFacts | undefined)[],
  measure: (image: ImageFacts) => number | null,
): Cut[] {
  const measured = images
    .flatMap((image, row) => {
      const value = image ? measure(image) : null
      return value === null ? [] : [{ row, value }]
    })
    .sort((a, b) => a.value - b.value)
  const cuts: Cut[] = []
  let from = 0
  for (let part = 1; part <= parts; part += 1) {
    let end = Math.round((measured.length * part) / parts)
    while (end < measured.length && measured[end]?.value === measured[end - 1]?.value) end += 1
    if (end <= from) continue
    const cut = measured.slice(from, end)
    const range: [number, number] = [cut[0]?.value ?? 0, cut.at(-1)?.value ?? 0]
    cuts.push({ by, key: String(part), name: null, range, rows: cut.map(({ row }) => row) })
    from = end
  }
  return cuts
}
