import { splitNames } from '../../../contract/entities.ts'
import { imageSides, type ImageFilter } from '../../../contract/image-query.ts'
import { markBits, noSplit, statusNames, type ImageColumns } from './image-columns.ts'
import { issueBit } from './image-issue-bits.ts'
import { verdicts, type ImagePredictions } from './image-predictions.ts'
import type { ImageTable } from './image-table.ts'

/** A bit for each part of a filter. */
export const filterParts = {
  classIds: 1,
  splits: 2,
  statuses: 4,
  flagged: 8,
  unsure: 16,
  noted: 32,
  text: 64,
  importIds: 128,
  issues: 256,
  sides: 512,
  predictedIds: 1024,
  correct: 2048,
  confidence: 4096,
} as const

/** What parts of a filter are looked up in; those that no part asks for need not be there. */
export interface FilterSources extends Pick<ImageTable, 'order' | 'columns'> {
  predictions?: ImagePredictions | undefined
  /** Of `imageIssueBits`. */
  issueBits?: Uint32Array | undefined
}

/** Whether a filter, or the values of its parts, go by predictions. */
export function asksPredictions(filter: ImageFilter): boolean {
  return filter.predictedIds !== undefined || filter.correct !== undefined || filter.confidence !== undefined
}

/** The place in `imageSides` of an image; -1: its size is not known. */
export function sideOf({ widths, heights }: ImageColumns, id: number): number {
  const shorter = Math.min(widths[id] as number, heights[id] as number)
  if (shorter === 0) return -1
  let place = imageSides.length - 1
  while ((imageSides[place] as number) > shorter) place -= 1
  return place
}

/** Codes of several values as a table: 1 where the code is among them. @param codeOf -1: there is none */
function tableOf<Value>(
  size: number,
  values: readonly Value[],
  codeOf: (value: Value) => number,
): Uint8Array {
  const table = new Uint8Array(size)
  for (const value of values) {
    const code = codeOf(value)
    if (code >= 0 && code < size) table[code] = 1
  }
  return table
}

/**
 * Which parts of the filter each image fails.
 *
 * @returns bits of `filterParts` of the images in `order`, in that order; 0: it passes
 */
export function failedParts(
  { order, columns, predictions, issueBits }: FilterSources,
  filter: ImageFilter,
): Uint16Array {
  const failed = new Uint16Array(order.length)
  /** Notes the part where an image does not pass it. */
  const check = (part: keyof typeof filterParts, passes: (id: number) => boolean): void => {
    const bit = filterParts[part]
    for (let place = 0; place < order.length; place += 1) {
      if (!passes(order[place] as number)) failed[place] = (failed[place] as number) | bit
    }
  }

  if (filter.classIds) {
    const wanted = new Set(filter.classIds.map((id) => id ?? 0))
    const { classIds, severalClassIds } = columns
    check(
      'classIds',
      (id) =>
        wanted.has(classIds[id] as number) ||
        (severalClassIds.size > 0 && (severalClassIds.get(id)?.some((other) => wanted.has(other)) ?? false)),
    )
  }
  if (filter.splits) {
    const wanted = tableOf(noSplit + 1, filter.splits, (split) =>
      split === null ? noSplit : splitNames.indexOf(split),
    )
    check('splits', (id) => wanted[columns.splits[id] as number] === 1)
  }
  if (filter.statuses) {
    const wanted = tableOf(statusNames.length, filter.statuses, (status) => statusNames.indexOf(status))
    check('statuses', (id) => wanted[columns.statuses[id] as number] === 1)
  }
  for (const mark of ['flagged', 'unsure', 'noted'] as const) {
    const wanted = filter[mark]
    if (wanted === undefined) continue
    const bit = markBits[mark]
    check(mark, (id) => (((columns.marks[id] as number) & bit) !== 0) === wanted)
  }
  const text = filter.text?.trim().toLowerCase()
  if (text) check('text', (id) => (columns.paths[id] as string).toLowerCase().includes(text))
  if (filter.importIds) {
    const wanted = new Set(filter.importIds.map((id) => id ?? 0))
    check('importIds', (id) => wanted.has(columns.importIds[id] as number))
  }
  if (filter.issues) {
    const wanted = filter.issues.reduce((bits, issue) => bits | issueBit(issue), 0)
    check('issues', (id) => ((issueBits?.[id] ?? 0) & wanted) !== 0)
  }
  if (filter.sides) {
    const places: readonly number[] = imageSides
    const wanted = tableOf(imageSides.length + 1, filter.sides, (side) =>
      side === null ? 0 : places.indexOf(side) + 1,
    )
    check('sides', (id) => wanted[sideOf(columns, id) + 1] === 1)
  }
  if (filter.predictedIds) {
    const wanted = new Set(filter.predictedIds.map((id) => id ?? 0))
    check('predictedIds', (id) => wanted.has(predictions?.classIds[id] ?? 0))
  }
  if (filter.correct !== undefined) {
    const wanted = filter.correct ? verdicts.right : verdicts.wrong
    check('correct', (id) => predictions?.verdicts[id] === wanted)
  }
  if (filter.confidence) {
    const [least, most] = filter.confidence
    // Probabilities are float32: what is written as 0.9 is to be within 0.9.
    const [from, to] = [Math.fround(least), Math.fround(most)]
    check('confidence', (id) => {
      const probability = predictions?.probabilities[id] ?? NaN
      return probability >= from && probability <= to
    })
  }
  return failed
}
