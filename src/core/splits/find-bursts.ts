import { basename, dirname } from 'node:path'
import { hashDistance } from '../hygiene/hash-index.ts'
import { movedCorrelation } from './moved-correlation.ts'

/** A picture as bursts are told by. */
export interface TakenPicture {
  id: number
  path: string
  /** Milliseconds since 1970 as the camera tells; null: it does not. */
  capturedAt: number | null
  /** 8 bytes: its perceptual hash, the highest first. */
  perceptualHash: Uint8Array
}

/** A burst's pictures follow each other within this time … */
const burstGapMs = 2000
/** … and all are taken within this: a series that goes on for hours is no burst. */
const burstLengthMs = 10_000
/** Where no time is known, so many in a row. */
const burstPictures = 20
/** From this `movedCorrelation` on two pictures show one scene: of other pictures 1 in 1,000 are that alike. */
const alike = 0.8
/** Bits of 64 in which the hashes of two pictures differ at most that only their names put in a row: of others 2 in 100 are that near. */
const mostBitsByName = 22
const lastNumber = /^(.*?)(\d+)(\D*)$/

/** The layout of a picture, see `Measurements`. */
type LayoutOf = (id: number) => Uint8Array

/**
 * Pictures of one folder that a camera took right after each other and that look alike, moved or turned a little. Where no time is known, the
 * numbers at the end of their names tell what follows what.
 *
 * @param layoutOf asked of few of them
 * @returns ids of two or more each, ascending; an image is in one at most
 */
export function findBursts(pictures: readonly TakenPicture[], layoutOf: LayoutOf): number[][] {
  const showOneScene = (a: TakenPicture, b: TakenPicture): boolean =>
    movedCorrelation(layoutOf(a.id), layoutOf(b.id)) >= alike
  const byTime: GoesOn = (row, next) =>
    followsInTime(row, next) && showOneScene(row.at(-1) as TakenPicture, next)
  const byNumber: GoesOn = (row, next) =>
    followsByNumber(row, next) && showOneScene(row.at(-1) as TakenPicture, next)
  const timed = pictures
    .filter(({ capturedAt }) => capturedAt !== null)
    .sort((a, b) => (a.capturedAt as number) - (b.capturedAt as number) || a.id - b.id)
  return [...rows(timed, byTime), ...rows(numbered(pictures), byNumber)]
    .filter((row) => row.length > 1)
    .map((row) => row.map(({ id }) => id).sort((a, b) => a - b))
}

interface SortedPicture extends TakenPicture {
  /** That what follows it must share: the folder, or the folder and the name without its number. */
  series?: string
  number?: number
}

/** Whether a picture goes on with a row. */
type GoesOn = (row: readonly SortedPicture[], next: SortedPicture) => boolean

function rows(sorted: readonly SortedPicture[], goesOn: GoesOn): SortedPicture[][] {
  const open = new Map<string, SortedPicture[]>()
  const all: SortedPicture[][] = []
  for (const picture of sorted) {
    const series = picture.series ?? dirname(picture.path)
    const row = open.get(series)
    if (row && goesOn(row, picture)) row.push(picture)
    else {
      const begun = [picture]
      open.set(series, begun)
      all.push(begun)
    }
  }
  return all
}

const followsInTime: GoesOn = (row, next) => {
  const last = row.at(-1) as SortedPicture
  const at = next.capturedAt as number
  return (
    at - (last.capturedAt as number) <= burstGapMs && at - (row[0]?.capturedAt as number) <= burstLengthMs
  )
}

const followsByNumber: GoesOn = (row, next) => {
  const last = row.at(-1) as SortedPicture
  return (
    next.number === (last.number as number) + 1 &&
    row.length < burstPictures &&
    distance(last, next) <= mostBitsByName
  )
}

/** Those without a time whose names end in a number, by it. */
function numbered(pictures: readonly TakenPicture[]): SortedPicture[] {
  return pictures
    .flatMap((picture): SortedPicture[] => {
      if (picture.capturedAt !== null) return []
      const [, before, digits, after] = lastNumber.exec(basename(picture.path)) ?? []
      if (digits === undefined) return []
      return [
        {
          ...picture,
          series: `${dirname(picture.path)}\0${before ?? ''}\0${after ?? ''}`,
          number: Number(digits),
        },
      ]
    })
    .sort((a, b) => (a.number as number) - (b.number as number) || a.id - b.id)
}

function distance(a: TakenPicture, b: TakenPicture): number {
  const [one, other] = [wordsOf(a), wordsOf(b)]
  return hashDistance(one[0], one[1], other[0], other[1])
}

function wordsOf({ perceptualHash }: TakenPicture): [high: number, low: number] {
  const { buffer, byteOffset } = perceptualHash
  const view = new DataView(buffer, byteOffset)
  return [view.getUint32(0), view.getUint32(4)]
}
