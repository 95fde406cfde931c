import { splitNames } from '../../../contract/entities.ts'
import { imageIssues, imageSides, type GroupValue, type ImageFacet } from '../../../contract/image-query.ts'
import { filterParts, sideOf, type FilterSources } from './filter-images.ts'
import { markBits, statusNames } from './image-columns.ts'
import { verdicts } from './image-predictions.ts'

export interface FacetCount {
  value: GroupValue
  count: number
}

/** So wide is a bar of confidences. */
const tenths = 10

/**
 * How many images each value of a part of the filter would show, the other parts being as they are.
 *
 * @param failed of `failedParts`, of the same sources
 */
export function countFacet(sources: FilterSources, failed: Uint16Array, facet: ImageFacet): FacetCount[] {
  const { order, columns, predictions, issueBits } = sources
  /** Counts codes from -1 on of the images that fail no part but this one. */
  const count = (part: number, most: number, codeOf: (id: number) => number): number[] => {
    const counts = new Array<number>(most + 1).fill(0)
    const others = ~part
    for (let place = 0; place < order.length; place += 1) {
      if (((failed[place] as number) & others) !== 0) continue
      const code = codeOf(order[place] as number) + 1
      counts[code] = (counts[code] ?? 0) + 1
    }
    return counts
  }
  const named = (counts: readonly number[], valueOf: (code: number) => GroupValue): FacetCount[] =>
    counts.flatMap((images, place) => (images > 0 ? [{ value: valueOf(place - 1), count: images }] : []))

  switch (facet) {
    case 'classIds': {
      const counts = countIds(sources, failed, filterParts.classIds, columns.classIds)
      const others = ~filterParts.classIds
      if (columns.severalClassIds.size > 0) {
        order.forEach((id, place) => {
          if (((failed[place] as number) & others) !== 0) return
          for (const classId of columns.severalClassIds.get(id)?.slice(1) ?? [])
            counts.set(classId, (counts.get(classId) ?? 0) + 1)
        })
      }
      return fromIds(counts)
    }
    case 'splits':
      return named(
        count(filterParts.splits, splitNames.length + 1, (id) => columns.splits[id] as number),
        (code) => splitNames[code] ?? null,
      )
    case 'statuses':
      return named(
        count(filterParts.statuses, statusNames.length, (id) => columns.statuses[id] as number),
        (code) => statusNames[code] ?? null,
      )
    case 'marks':
      // An image has to have every mark that is asked for: each is counted among those that have the others.
      return (['flagged', 'unsure', 'noted'] as const).flatMap((mark) => {
        const bit = markBits[mark]
        const isMarked = (id: number): number => (((columns.marks[id] as number) & bit) === 0 ? -1 : 0)
        const images = count(filterParts[mark], 1, isMarked)[1] ?? 0
        return images > 0 ? [{ value: mark, count: images }] : []
      })
    case 'importIds':
      return fromIds(countIds(sources, failed, filterParts.importIds, columns.importIds))
    case 'issues':
      return imageIssues.flatMap((issue, place) => {
        const hasIssue = (id: number): number => (((issueBits?.[id] ?? 0) >> place) & 1) - 1
        const images = count(filterParts.issues, 1, hasIssue)[1] ?? 0
        return images > 0 ? [{ value: issue, count: images }] : []
      })
    case 'sides':
      return named(
        count(filterParts.sides, imageSides.length, (id) => sideOf(columns, id)),
        (code) => imageSides[code] ?? null,
      )
    case 'predictedIds':
      return predictions
        ? fromIds(countIds(sources, failed, filterParts.predictedIds, predictions.classIds))
        : []
    case 'correct': {
      if (!predictions) return []
      const [, , right = 0, wrong = 0] = count(
        filterParts.correct,
        verdicts.wrong + 1,
        (id) => predictions.verdicts[id] as number,
      )
      return [
        { value: 'true', count: right },
        { value: 'false', count: wrong },
      ].filter((one) => one.count > 0)
    }
    case 'confidence':
      return named(
        count(filterParts.confidence, tenths, (id) => {
          const probability = predictions?.probabilities[id] ?? NaN
          return Number.isNaN(probability) ? -1 : Math.min(tenths - 1, Math.floor(probability * tenths))
        }),
        (code) => (code < 0 ? null : code),
      )
  }
}

/** Counts ids of classes or imports, 0 for none. */
function countIds(
  { order }: FilterSources,
  failed: Uint16Array,
  part: number,
  ids: Int32Array,
): Map<number, number> {
  const counts: number[] = []
  const others = ~part
  for (let place = 0; place < order.length; place += 1) {
    if (((failed[place] as number) & others) !== 0) continue
    const id = ids[order[place] as number] as number
    counts[id] = (counts[id] ?? 0) + 1
  }
  const found = new Map<number, number>()
  counts.forEach((count, id) => found.set(id, count))
  return found
}

function fromIds(counts: ReadonlyMap<number, number>): FacetCount[] {
  return [...counts].map(([id, count]) => ({ value: id === 0 ? null : id, count }))
}
