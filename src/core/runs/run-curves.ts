import type { RunCurve } from '../../contract/entities.ts'
import { downsampleCurve, smoothCurve } from '../../metrics/index.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import type { RunCurvesRow } from '../store/tables/run-curves.ts'
import type { RunRow } from '../store/tables/runs.ts'
import { alignedBuffer, bytesOf } from '../store/typed-blobs.ts'
import { activeStatuses, runIdOf } from './stored-runs.ts'

/** The curves that people lay over each other. */
const epochNames = ['train/loss', 'train/accuracy', 'validation/loss', 'validation/accuracy', 'learning-rate']

interface StoredCurve {
  name: string
  epochs: Float64Array
  values: Float64Array
}

export interface CurveOptions {
  names: readonly string[]
  /** Of each curve at most, at least 3. */
  points: number
  /** Weight of the past in a moving average, 0 to below 1; before points are left out. */
  smoothing: number
}

/** Curves of runs, ready to be drawn: by run, then by name; empty where a run has none. */
export function readCurves(
  project: OpenProject,
  runs: readonly Pick<RunRow, 'number' | 'status'>[],
  { names, points, smoothing }: CurveOptions,
): RunCurve[] {
  const unpacked: { run: number; lastSeq: number; curves: StoredCurve[] }[] = []
  const curves = runs.flatMap(({ number, status }) => {
    const lastSeq = lastSeqOf(project, number)
    const packed = readPacked(project, number, lastSeq, names)
    const missing = names.filter((name) => !packed.has(name))
    const read = readRows(project, number, missing)
    if (read.length > 0 && !activeStatuses.includes(status))
      unpacked.push({ run: number, lastSeq, curves: read })
    for (const curve of read) packed.set(curve.name, curve)
    return names.map((name) => toRunCurve(number, packed.get(name) as StoredCurve, points, smoothing))
  })
  if (unpacked.length > 0) {
    project.transaction(() => {
      for (const { run, lastSeq, curves: own } of unpacked) storePacked(project, run, lastSeq, own)
    })
  }
  return curves
}

/** Packs the curves of a run that has ended, so that they are there at once when runs are compared. */
export function packCurves(project: OpenProject, number: number): void {
  storePacked(project, number, lastSeqOf(project, number), readRows(project, number, epochNames))
}

function toRunCurve(number: number, stored: StoredCurve, points: number, smoothing: number): RunCurve {
  const values = smoothCurve(stored.values, smoothing)
  const chosen = downsampleCurve({ x: stored.epochs, y: values }, points)
  return {
    runId: runIdOf(number),
    name: stored.name,
    points: values.length,
    epochs: Array.from(chosen, (index) => stored.epochs[index] as number),
    values: Array.from(chosen, (index) => values[index] as number),
  }
}

/** -1: the run has no rows. */
function lastSeqOf({ database }: OpenProject, number: number): number {
  const last = database
    .prepare<[number], number | null>('SELECT max(seq) FROM metrics WHERE run_number = ?')
    .pluck()
    .get(number)
  return last ?? -1
}

function readPacked(
  { database }: OpenProject,
  number: number,
  lastSeq: number,
  names: readonly string[],
): Map<string, StoredCurve> {
  const find = database.prepare<[number, string, number], RunCurvesRow>(
    'SELECT * FROM run_curves WHERE run_number = ? AND name = ? AND last_seq = ?',
  )
  const found = new Map<string, StoredCurve>()
  for (const name of names) {
    const row = find.get(number, name, lastSeq)
    if (row === undefined) continue
    found.set(name, {
      name,
      epochs: new Float64Array(alignedBuffer(row.epochs)),
      values: new Float64Array(alignedBuffer(row.values)),
    })
  }
  return found
}

function readRows({ database }: OpenProject, number: number, names: readonly string[]): StoredCurve[] {
  const read = database
    .prepare<[number, string], [number, number]>(
      'SELECT epoch, value FROM metrics WHERE run_number = ? AND name = ? ORDER BY seq',
    )
    .raw()
  return names.map((name) => {
    const rows = read.all(number, name)
    return {
      name,
      epochs: Float64Array.from(rows, ([epoch]) => epoch),
      values: Float64Array.from(rows, ([, value]) => value),
    }
  })
}

function storePacked(
  { database }: OpenProject,
  number: number,
  lastSeq: number,
  curves: readonly StoredCurve[],
): void {
  const insert = database.prepare(
    'INSERT OR REPLACE INTO run_curves (run_number, name, last_seq, epochs, "values") VALUES (?, ?, ?, ?, ?)',
  )
  for (const { name, epochs, values } of curves)
    insert.run(number, name, lastSeq, bytesOf(epochs), bytesOf(values))
}
