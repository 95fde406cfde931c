import type { MetricRow } from '../../contract/entities.ts'
import type { JobEvent } from '../../contract/jobs.ts'
import type { OpenProject } from '../projects/open-projects.ts'

type Point = Omit<MetricRow, 'seq'>

/** What a trainer's event adds to the curves. */
export function pointsOf(event: JobEvent): Point[] {
  if (event.type === 'batchEnd') {
    const { step, epoch, loss, accuracy, learningRate, gradientNorm, imagesPerSecond, rssBytes } = event
    return namedPoints(step, epoch, [
      ['batch/loss', loss],
      ['batch/accuracy', accuracy],
      ['batch/learning-rate', learningRate],
      ['batch/gradient-norm', gradientNorm],
      ['batch/images-per-second', imagesPerSecond],
      ['batch/memory', rssBytes],
    ])
  }
  if (event.type === 'phaseBegin') return namedPoints(event.step, event.epoch, [['phase', event.phase]])
  if (event.type !== 'epochEnd') return []
  const { loss, accuracy, valLoss, valAccuracy, learningRate, seconds, epoch } = event.epoch
  return namedPoints(event.step, epoch, [
    ['train/loss', loss],
    ['train/accuracy', accuracy],
    ['validation/loss', valLoss],
    ['validation/accuracy', valAccuracy],
    ['learning-rate', learningRate],
    ['seconds', seconds],
    ...(event.samples ?? []).map(({ truthProbability }, index): [string, number] => [
      `sample/${index}`,
      truthProbability,
    ]),
  ])
}

/** Those that have a value. */
function namedPoints(
  step: number,
  epoch: number,
  values: readonly (readonly [string, number | null | undefined])[],
): Point[] {
  return values.flatMap(([name, value]) =>
    value === null || value === undefined ? [] : [{ step, epoch, name, value }],
  )
}

/** Stores points of a run, numbered on from those it has. Durable when this returns. */
export function appendMetrics(project: OpenProject, number: number, points: readonly Point[]): MetricRow[] {
  return project.transaction(() => {
    const last = project.database
      .prepare<[number], number | null>('SELECT max(seq) FROM metrics WHERE run_number = ?')
      .pluck()
      .get(number)
    const insert = project.database.prepare(
      'INSERT INTO metrics (run_number, seq, step, epoch, name, value) VALUES (?, ?, ?, ?, ?, ?)',
    )
    return points.map((point, index) => {
      const seq = (last ?? -1) + 1 + index
      insert.run(number, seq, point.step, point.epoch, point.name, point.value)
      return { seq, ...point }
    })
  })
}

/** Stores the epochs of a checkpoint that the run's curves lack, as the program died before they were stored. */
export function completeMetrics(
  project: OpenProject,
  number: number,
  ended: Extract<JobEvent, { type: 'resumed' }>['ended'],
): MetricRow[] {
  return project.transaction(() => {
    const last = project.database
      .prepare<[number], number | null>(
        "SELECT max(epoch) FROM metrics WHERE run_number = ? AND name = 'train/loss'",
      )
      .pluck()
      .get(number)
    const missing = ended.filter(({ epoch }) => epoch.epoch > (last ?? 0))
    return appendMetrics(project, number, missing.flatMap(pointsOf))
  })
}

/**
 * Takes back what came after the end of an epoch, and adds the row `resumed`, which tells clients to do the same. Numbers of rows
 * taken back are not used again.
 *
 * @returns that row
 */
export function rewindMetrics(project: OpenProject, number: number, epoch: number): MetricRow[] {
  return project.transaction(() => {
    const step = project.database
      .prepare<[number, number], number | null>(
        'SELECT max(step) FROM metrics WHERE run_number = ? AND epoch <= ?',
      )
      .pluck()
      .get(number, epoch)
    const rows = appendMetrics(project, number, [{ step: step ?? 0, epoch, name: 'resumed', value: epoch }])
    project.database.prepare('DELETE FROM metrics WHERE run_number = ? AND epoch > ?').run(number, epoch)
    return rows
  })
}

/** The rows after `afterSeq`; -1: all. At most `limit`, the first ones. */
export function readMetrics(
  { database }: OpenProject,
  number: number,
  afterSeq: number,
  limit = -1,
): MetricRow[] {
  return database
    .prepare<[number, number, number], MetricRow>(
      'SELECT seq, step, epoch, name, value FROM metrics WHERE run_number = ? AND seq > ? ORDER BY seq LIMIT ?',
    )
    .all(number, afterSeq, limit)
}
