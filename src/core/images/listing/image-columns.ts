import type { ImageStatus, Split } from '../../../contract/entities.ts'
import { imageStatusSchema, splitNames } from '../../../contract/entities.ts'

/** Codes of `splits`: the place in `splitNames`, and after them: none. */
export const noSplit = splitNames.length
/** Codes of `statuses`. */
export const statusNames = imageStatusSchema.options
/** Bits of `marks`. */
export const markBits = { flagged: 1, unsure: 2, noted: 4 } as const

/** A value for each image at the place of its id; where there is no image it means nothing. */
export interface ImageColumns {
  /** Below the imported folder, with forward slashes. */
  paths: string[]
  splits: Uint8Array
  statuses: Uint8Array
  marks: Uint8Array
  /** The import that brought it; 0: none. */
  importIds: Int32Array
  /** Upright, in pixels; 0: not known. */
  widths: Int32Array
  heights: Int32Array
  /** Days since 1970 by the clock of this computer, of when it was taken, else of its file; -1: not known. */
  takenDays: Int32Array
  /** Seconds since 1970 of the same; -1: not known. */
  takenSeconds: Float64Array
  /** As of `Measurements` of imaging; NaN: not measured. */
  brightness: Float32Array
  sharpness: Float32Array
  /** Its label, of several the least id; 0: none. */
  classIds: Int32Array
  /** All labels of images that have more than one. */
  severalClassIds: Map<number, readonly number[]>
  /** By the newest head of suggestions; 0: none. */
  predictedIds: Int32Array
  /** Of `predictedIds`, 0 to 1; NaN: none. */
  probabilities: Float32Array
  margins: Float32Array
}

/** One image as it is read from the database. */
export interface ImageColumnsRow {
  id: number
  path: string
  split: Split | null
  status: ImageStatus
  flagged: number | null
  unsure: number | null
  noted: number
  importId: number | null
  width: number | null
  height: number | null
  modifiedMs: number | null
  capturedAt: number | null
  brightness: number | null
  sharpness: number | null
  predictedId: number | null
  probability: number | null
  margin: number | null
}

/** Columns with room for images up to an id. */
export function createImageColumns(lastId: number): ImageColumns {
  const size = lastId + 1
  return {
    paths: new Array<string>(size).fill(''),
    splits: new Uint8Array(size),
    statuses: new Uint8Array(size),
    marks: new Uint8Array(size),
    importIds: new Int32Array(size),
    widths: new Int32Array(size),
    heights: new Int32Array(size),
    takenDays: new Int32Array(size),
    takenSeconds: new Float64Array(size),
    brightness: new Float32Array(size),
    sharpness: new Float32Array(size),
    classIds: new Int32Array(size),
    severalClassIds: new Map(),
    predictedIds: new Int32Array(size),
    probabilities: new Float32Array(size),
    margins: new Float32Array(size),
  }
}

/** The same with room for more. */
export function growImageColumns(columns: ImageColumns, lastId: number): ImageColumns {
  const grown = createImageColumns(lastId)
  columns.paths.forEach((path, id) => (grown.paths[id] = path))
  for (const [name, values] of Object.entries(columns)) {
    if (ArrayBuffer.isView(values))
      (grown[name as keyof ImageColumns] as Int32Array).set(values as Int32Array)
  }
  grown.severalClassIds = columns.severalClassIds
  return grown
}

/** Puts a row in its place; its labels are apart: `setClasses`. */
export function setImageRow(columns: ImageColumns, row: ImageColumnsRow): void {
  const { id } = row
  columns.paths[id] = row.path
  columns.splits[id] = row.split === null ? noSplit : splitNames.indexOf(row.split)
  columns.statuses[id] = statusNames.indexOf(row.status)
  columns.marks[id] =
    (row.flagged ? markBits.flagged : 0) |
    (row.unsure ? markBits.unsure : 0) |
    (row.noted ? markBits.noted : 0)
  columns.importIds[id] = row.importId ?? 0
  columns.widths[id] = row.width ?? 0
  columns.heights[id] = row.height ?? 0
  const taken = takenMs(row)
  columns.takenSeconds[id] = taken === null ? -1 : Math.max(0, Math.floor(taken / 1000))
  columns.takenDays[id] = taken === null ? -1 : Math.max(0, Math.floor(taken / msOfDay))
  columns.brightness[id] = row.brightness ?? NaN
  columns.sharpness[id] = row.sharpness ?? NaN
  columns.predictedIds[id] = row.predictedId ?? 0
  columns.probabilities[id] = row.probability ?? NaN
  columns.margins[id] = row.margin ?? NaN
}

/** @param classIds ascending */
export function setClasses(columns: ImageColumns, id: number, classIds: readonly number[]): void {
  columns.classIds[id] = classIds[0] ?? 0
  if (classIds.length > 1) columns.severalClassIds.set(id, classIds)
  else columns.severalClassIds.delete(id)
}

export const msOfDay = 86_400_000

/** A camera's clock is of no zone and stored as if it were UTC; the time of a file is brought to that by this computer's zone. */
function takenMs({ capturedAt, modifiedMs }: ImageColumnsRow): number | null {
  return capturedAt ?? (modifiedMs === null ? null : localMs(modifiedMs))
}

/** A time as if the clock on the wall were UTC. */
export function localMs(timeMs: number): number {
  return timeMs - new Date(timeMs).getTimezoneOffset() * 60_000
}
