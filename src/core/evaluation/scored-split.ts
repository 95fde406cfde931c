import type { Split } from '../../contract/entities.ts'
import { makePredictions, type Predictions } from '../../metrics/index.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import type { RunRow } from '../store/tables/runs.ts'
import { readPredictions } from './stored-predictions.ts'

/** Stored predictions of a split, ready for statistics. */
export interface ScoredSplit {
  readonly classes: readonly string[]
  /** `[examples]`, SHA-256 of the images. */
  readonly hashes: readonly string[]
  readonly predictions: Predictions
}

/** A page asks several things of the same few splits. */
const mostKept = 4

/** By project and, newest last, by run, its end and split: what was stored then does not change. */
const kept = new WeakMap<OpenProject, Map<string, ScoredSplit>>()

/** @returns null where the run has no predictions of that split, or of no image */
export function scoredSplit(project: OpenProject, run: RunRow, split: Split): ScoredSplit | null {
  const known = kept.get(project) ?? new Map<string, ScoredSplit>()
  kept.set(project, known)
  const row = project.database
    .prepare<[number], Pick<RunRow, 'classes' | 'ended_at'>>(
      'SELECT classes, ended_at FROM runs WHERE number = ?',
    )
    .get(run.number)
  if (row === undefined) return null
  const key = `${run.number}-${row.ended_at ?? ''}-${split}`
  let scored = known.get(key)
  if (scored === undefined) {
    const stored = readPredictions(project, run.number, split)
    if (stored === null || stored.truths.length === 0) return null
    const classes = JSON.parse(row.classes) as string[]
    const predictions = makePredictions(stored.probabilities, stored.truths, classes.length)
    scored = { classes, hashes: stored.hashes, predictions }
  }
  known.delete(key)
  known.set(key, scored)
  for (const oldest of known.keys()) {
    if (known.size <= mostKept) break
    known.delete(oldest)
  }
  return scored
}
