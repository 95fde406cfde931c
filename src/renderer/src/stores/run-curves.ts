import type { MetricRow } from '../../../contract/entities.ts'
import type { EpochLosses } from '../../../metrics/index.ts'

/** One curve: three columns of the same length, which grow, but for epochs that a resumption takes back. */
export interface Curve {
  readonly steps: number[]
  /** In epochs, fractional within one. */
  readonly epochs: number[]
  readonly values: number[]
}

/** Everything that is known of a run's curves. Plain and never made reactive: there may be 100,000 points. */
export interface RunCurves {
  readonly byName: Map<string, Curve>
  /** The last row that is in the curves; -1: none. All rows up to it are in them. */
  lastSeq: number
  /** Rows that came before the ones they follow. */
  readonly early: Map<number, MetricRow>
}

export function createRunCurves(): RunCurves {
  return { byName: new Map(), lastSeq: -1, early: new Map() }
}

/** What taking rows in changed. */
export interface Taken {
  /** Rows that are in the curves now and were not. */
  added: number
  /** Rows are missing before some that came: ask for those after `lastSeq`. */
  gap: boolean
}

/**
 * Takes in rows that were published: in any order, any number of times. Rows whose predecessors are missing wait for them.
 * An old run, a reconnection and a live run all go through here.
 */
export function takeRows(curves: RunCurves, rows: readonly MetricRow[]): Taken {
  for (const row of rows) if (row.seq > curves.lastSeq) curves.early.set(row.seq, row)
  const added = appendReady(curves)
  return { added, gap: curves.early.size > 0 }
}

/**
 * Takes in the answer to 'all rows after `afterSeq`': numbers that it leaves out do not exist, so nothing waits for them.
 */
export function takeAnswer(curves: RunCurves, rows: readonly MetricRow[]): Taken {
  let added = 0
  for (const row of [...rows].sort((a, b) => a.seq - b.seq)) {
    if (row.seq <= curves.lastSeq) continue
    append(curves, row)
    added += 1
  }
  for (const seq of curves.early.keys()) if (seq <= curves.lastSeq) curves.early.delete(seq)
  added += appendReady(curves)
  return { added, gap: curves.early.size > 0 }
}

function appendReady(curves: RunCurves): number {
  let added = 0
  for (let row = next(curves); row !== undefined; row = next(curves)) {
    curves.early.delete(row.seq)
    append(curves, row)
    added += 1
  }
  return added
}

function next(curves: RunCurves): MetricRow | undefined {
  return curves.early.get(curves.lastSeq + 1)
}

function append(curves: RunCurves, row: MetricRow): void {
  if (row.name === 'resumed') takeBack(curves, row.value)
  let curve = curves.byName.get(row.name)
  if (curve === undefined) {
    curve = { steps: [], epochs: [], values: [] }
    curves.byName.set(row.name, curve)
  }
  curve.steps.push(row.step)
  curve.epochs.push(row.epoch)
  curve.values.push(row.value)
  curves.lastSeq = row.seq
}

/** Drops what came after the end of an epoch: a resumed run trains those epochs again. */
function takeBack({ byName }: RunCurves, epoch: number): void {
  for (const { steps, epochs, values } of byName.values()) {
    const from = epochs.findIndex((position) => position > epoch)
    if (from < 0) continue
    for (const column of [steps, epochs, values]) column.length = from
  }
}

/** A curve that stands for 'nothing yet'. */
const emptyCurve: Curve = { steps: [], epochs: [], values: [] }

/** The curve of that name; an empty one where the run has none. */
export function curveOf(curves: RunCurves | undefined, name: string): Curve {
  return curves?.byName.get(name) ?? emptyCurve
}

/** Where a phase of a run began. */
export interface PhaseStart {
  /** From 1. */
  phase: number
  /** Epochs that had ended. */
  epoch: number
}

/** The phases of a run so far; a resumption that begins one again is no other. */
export function phaseStarts(curves: RunCurves | undefined): PhaseStart[] {
  const { epochs, values } = curveOf(curves, 'phase')
  const starts: PhaseStart[] = []
  values.forEach((phase, index) => {
    if (starts.at(-1)?.phase !== phase) starts.push({ phase, epoch: epochs[index] ?? 0 })
  })
  return starts
}

/** Losses of the epochs that have ended since `fromEpoch` had. */
export function epochLosses(curves: RunCurves | undefined, fromEpoch = 0): EpochLosses[] {
  const train = curveOf(curves, 'train/loss')
  const validation = curveOf(curves, 'validation/loss')
  const validationOf = new Map(validation.epochs.map((epoch, index) => [epoch, validation.values[index]]))
  return train.epochs.flatMap((epoch, index) => {
    const loss = train.values[index]
    if (epoch <= fromEpoch || loss === undefined) return []
    return [{ epoch, train: loss, validation: validationOf.get(epoch) ?? null }]
  })
}

/** One line of the table of epochs. */
export interface EpochRow {
  epoch: number
  loss: number | null
  accuracy: number | null
  valLoss: number | null
  valAccuracy: number | null
  learningRate: number | null
  seconds: number | null
}

const epochColumns = {
  'train/loss': 'loss',
  'train/accuracy': 'accuracy',
  'validation/loss': 'valLoss',
  'validation/accuracy': 'valAccuracy',
  'learning-rate': 'learningRate',
  seconds: 'seconds',
} as const

/** The epochs that have ended, oldest first. */
export function epochRows(curves: RunCurves | undefined): EpochRow[] {
  const byEpoch = new Map<number, EpochRow>()
  for (const [name, column] of Object.entries(epochColumns)) {
    const { epochs, values } = curveOf(curves, name)
    epochs.forEach((position, index) => {
      const epoch = Math.round(position)
      let row = byEpoch.get(epoch)
      if (row === undefined) {
        row = {
          epoch,
          loss: null,
          accuracy: null,
          valLoss: null,
          valAccuracy: null,
          learningRate: null,
          seconds: null,
        }
        byEpoch.set(epoch, row)
      }
      row[column] = values[index] ?? null
    })
  }
  return [...byEpoch.values()].sort((a, b) => a.epoch - b.epoch)
}
