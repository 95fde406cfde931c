import { readFileSync } from 'node:fs'
import type { Split } from '../../contract/entities.ts'
import { AppError } from '../../contract/errors.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import type { PredictionsRow } from '../store/tables/predictions.ts'
import { alignedBuffer, bytesOf } from '../store/typed-blobs.ts'

/** What a model said of the images of one split. */
export interface SplitPredictions {
  /** `[images]` */
  hashes: string[]
  /** `[images]`, class indexes. */
  truths: Int32Array
  /** `[images, classes]`, row by row; rows sum to 1. */
  probabilities: Float32Array
}

/** Replaces the run's predictions for that split. */
export function storePredictions(
  { database }: OpenProject,
  runNumber: number,
  split: Split,
  { hashes, truths, probabilities }: SplitPredictions,
): void {
  database
    .prepare(
      `INSERT OR REPLACE INTO predictions (run_number, split, images, hashes, truths, probabilities)
       VALUES (?, ?, ?, ?, ?, ?)`,
    )
    .run(
      runNumber,
      split,
      hashes.length,
      Buffer.from(hashes.join(''), 'hex'),
      bytesOf(truths),
      bytesOf(probabilities),
    )
}

/** @returns null where the run has none for that split */
export function readPredictions(
  { database }: OpenProject,
  runNumber: number,
  split: Split,
): SplitPredictions | null {
  const row = database
    .prepare<[number, Split], PredictionsRow>('SELECT * FROM predictions WHERE run_number = ? AND split = ?')
    .get(runNumber, split)
  if (!row) return null
  return {
    hashes: Array.from({ length: row.images }, (_, index) =>
      row.hashes.toString('hex', index * 32, index * 32 + 32),
    ),
    truths: new Int32Array(alignedBuffer(row.truths)),
    probabilities: new Float32Array(alignedBuffer(row.probabilities)),
  }
}

/**
 * Reads a trainer's file of float32 probabilities.
 *
 * @throws AppError 'internal' where it does not hold `[rows, classes]`
 */
export function readProbabilities(path: string, rows: number, classes: number): Float32Array {
  const bytes = readFileSync(path)
  if (bytes.length !== rows * classes * 4) {
    throw new AppError(
      'internal',
      `${path} was expected to hold ${rows} x ${classes} probabilities (${rows * classes * 4} bytes); it has ${bytes.length}.`,
      { path, rows, classes, bytes: bytes.length },
    )
  }
  return new Float32Array(alignedBuffer(bytes))
}
