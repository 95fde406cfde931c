import type { Run, RunStatus } from '../../contract/entities.ts'
import { AppError } from '../../contract/errors.ts'
import { trainPlanSchema } from '../../contract/train-plan.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import type { RunRow } from '../store/tables/runs.ts'

/** Statuses of a run that has not ended. */
export const activeStatuses: readonly RunStatus[] = ['queued', 'running', 'paused']

/** What people type: `r12`. */
export function runIdOf(number: number): string {
  return `r${number}`
}

/** The number of a run by its id; NaN where that is none. */
export function runNumber(id: string): number {
  return Number(/^r([1-9]\d{0,14})$/.exec(id.trim())?.[1])
}

/** Columns that change in the life of a run. */
export type RunChange = Partial<
  Omit<RunRow, 'number' | 'classes' | 'counts' | 'dataset_version' | 'created_at'>
>

export type NewRun = Pick<
  RunRow,
  | 'name'
  | 'plan'
  | 'classes'
  | 'counts'
  | 'dataset_version'
  | 'weights_sha256'
  | 'created_at'
  | 'recipe'
  | 'group_number'
>

/** Stores a queued run. @returns its number */
export function insertRun({ database }: OpenProject, run: NewRun): number {
  const { lastInsertRowid } = database
    .prepare<NewRun>(
      `INSERT INTO runs (name, status, plan, classes, counts, dataset_version, weights_sha256, created_at, recipe, group_number)
       VALUES (@name, 'queued', @plan, @classes, @counts, @dataset_version, @weights_sha256, @created_at, @recipe, @group_number)`,
    )
    .run(run)
  return Number(lastInsertRowid)
}

/** The row of the run that people call `id`. @throws AppError 'run-not-found', listing the latest */
export function findRun({ database }: OpenProject, id: string): RunRow {
  const number = runNumber(id)
  const row = Number.isNaN(number) ? undefined : readRow(database, number)
  if (row) return row
  const ids = database
    .prepare<[], number>('SELECT number FROM runs WHERE deleted_at IS NULL ORDER BY number DESC LIMIT 20')
    .pluck()
    .all()
    .map(runIdOf)
  throw new AppError(
    'run-not-found',
    ids.length === 0
      ? `There is no run '${id}': the project has no runs yet. Train one first.`
      : `There is no run '${id}'; choose one of: ${ids.join(', ')}.`,
    { run: id, runs: ids },
  )
}

/** @returns undefined where it was deleted */
export function storedRun({ database }: OpenProject, id: string): Run | undefined {
  const row = readRow(database, runNumber(id))
  return row && toRun(row)
}

/** @returns undefined where there is none, or it was deleted */
function readRow(database: OpenProject['database'], number: number): RunRow | undefined {
  return database
    .prepare<[number], RunRow>('SELECT * FROM runs WHERE number = ? AND deleted_at IS NULL')
    .get(number)
}

/** Oldest first. */
export function listRuns({ database }: OpenProject): Run[] {
  return database
    .prepare<[], RunRow>('SELECT * FROM runs WHERE deleted_at IS NULL ORDER BY number')
    .all()
    .map(toRun)
}

export function changeRun(project: OpenProject, number: number, change: RunChange): Run {
  const columns = Object.keys(change)
  const assignments = columns.map((column) => `${column} = @${column}`).join(', ')
  const row = project.database
    .prepare<RunChange & { number: number }, RunRow>(
      `UPDATE runs SET ${assignments} WHERE number = @number RETURNING *`,
    )
    .get({ ...change, number })
  if (!row) throw new AppError('run-not-found', `The run ${runIdOf(number)} is no longer there.`)
  return toRun(row)
}

/** Marks the runs that a process left behind when it died. */
export function interruptAbandonedRuns({ database }: OpenProject): number {
  const error = {
    code: 'cancelled',
    message: 'The program ended while this run was not finished. Resume it to train it to its end.',
    details: {},
  }
  const { changes } = database
    .prepare<[string, number]>(
      `UPDATE runs SET status = 'interrupted', error = ?, ended_at = ?
       WHERE status IN ('queued', 'running', 'paused')`,
    )
    .run(JSON.stringify(error), Date.now())
  return changes
}

/** Deletes a run for good with its curves and predictions; the dataset version where no other run saw it; its group, ended, with the last run. */
export function deleteRun({ database }: OpenProject, number: number): void {
  database.prepare('DELETE FROM runs WHERE number = ?').run(number)
  database
    .prepare(
      `DELETE FROM run_groups WHERE status <> 'running'
       AND NOT EXISTS (SELECT 1 FROM runs WHERE group_number = run_groups.number)`,
    )
    .run()
  database.prepare('DELETE FROM dataset_versions WHERE hash NOT IN (SELECT dataset_version FROM runs)').run()
}

export function toRun(row: RunRow): Run {
  return {
    id: runIdOf(row.number),
    name: row.name,
    status: row.status,
    // A setting that came later has its default in older runs.
    plan: trainPlanSchema.parse(parse(row.plan)),
    classes: parse(row.classes),
    counts: parse(row.counts),
    engine: row.engine,
    device: row.device,
    enginesRejected: parse(row.engines_rejected),
    trainableParameters: row.trainable_parameters,
    totalParameters: row.total_parameters,
    datasetVersion: row.dataset_version,
    modelSha256: row.model_sha256,
    createdAt: row.created_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    epochsDone: row.epochs_done,
    bestEpoch: row.best_epoch,
    valAccuracy: row.validation_accuracy,
    valLoss: row.validation_loss,
    test: row.test === null ? null : parse(row.test),
    seconds: row.seconds === null ? null : parse(row.seconds),
    peakRssBytes: row.peak_rss_bytes,
    error: row.error === null ? null : parse(row.error),
    recipe: row.recipe,
    group: row.group_number === null ? null : `g${row.group_number}`,
    resumedFromEpoch: row.resumed_from_epoch,
    pinned: row.pinned === 1,
    archived: row.archived === 1,
    tags: parse(row.tags),
    note: row.note,
  }
}

function parse<Value>(json: string): Value {
  return JSON.parse(json) as Value
}
