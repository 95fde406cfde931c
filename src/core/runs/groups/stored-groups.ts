import type { RunGroup } from '../../../contract/entities.ts'
import { AppError } from '../../../contract/errors.ts'
import type { OpenProject } from '../../projects/open-projects.ts'
import type { RunGroupRow } from '../../store/tables/run-groups.ts'
import type { RunRow } from '../../store/tables/runs.ts'
import { activeStatuses, runIdOf } from '../stored-runs.ts'
import { sweepLabel } from './sweep-label.ts'

/** What people type: `g3`. */
export function groupIdOf(number: number): string {
  return `g${number}`
}

export type NewGroup = Pick<RunGroupRow, 'kind' | 'name' | 'recipe' | 'settings' | 'time_budget_minutes'>

/** Stores a group that is at work. @returns its number */
export function insertGroup({ database }: OpenProject, group: NewGroup): number {
  const { lastInsertRowid } = database
    .prepare(
      `INSERT INTO run_groups (kind, name, recipe, status, settings, time_budget_minutes, created_at)
       VALUES (@kind, @name, @recipe, 'running', @settings, @time_budget_minutes, @created_at)`,
    )
    .run({ ...group, created_at: Date.now() })
  return Number(lastInsertRowid)
}

export function changeGroup(
  project: OpenProject,
  number: number,
  change: Partial<Pick<RunGroupRow, 'status' | 'tried' | 'stopped_because' | 'best_run' | 'ended_at'>>,
): RunGroup {
  const assignments = Object.keys(change).map((column) => `${column} = @${column}`)
  project.database
    .prepare(`UPDATE run_groups SET ${assignments.join(', ')} WHERE number = @number`)
    .run({ ...change, number })
  return findGroup(project, groupIdOf(number))
}

/** @throws AppError 'run-group-not-found', listing the latest */
export function findGroup(project: OpenProject, id: string): RunGroup {
  const groups = listGroups(project)
  const group = groups.find((each) => each.id === id.trim())
  if (group) return group
  const ids = groups.map((each) => each.id).slice(-20)
  throw new AppError(
    'run-group-not-found',
    ids.length === 0
      ? `There is no group '${id}': the project has no groups of runs yet.`
      : `There is no group '${id}'; choose one of: ${ids.join(', ')}.`,
    { group: id, groups: ids },
  )
}

export function groupNumber(id: string): number {
  return Number(id.trim().slice(1))
}

type Member = Pick<
  RunRow,
  'number' | 'status' | 'plan' | 'validation_accuracy' | 'validation_loss' | 'model_sha256'
>

/** Oldest first. */
export function listGroups({ database }: OpenProject): RunGroup[] {
  const membersOf = database.prepare<[number], Member>(
    `SELECT number, status, plan, validation_accuracy, validation_loss, model_sha256
     FROM runs WHERE group_number = ? AND deleted_at IS NULL ORDER BY number`,
  )
  return database
    .prepare<[], RunGroupRow>('SELECT * FROM run_groups ORDER BY number')
    .all()
    .map((row) => toGroup(row, membersOf.all(row.number)))
}

function toGroup(row: RunGroupRow, members: readonly Member[]): RunGroup {
  const settings = JSON.parse(row.settings) as string[]
  const { tried, best } =
    row.kind === 'sweep' ? outcomeOfSweep(members, settings) : outcomeOfLadder(row, members)
  return {
    id: groupIdOf(row.number),
    kind: row.kind,
    name: row.name,
    recipe: row.recipe,
    status: row.status,
    settings,
    timeBudgetMinutes: row.time_budget_minutes,
    runs: members.map(({ number }) => runIdOf(number)),
    tried,
    stoppedBecause:
      row.stopped_because === null ? null : (JSON.parse(row.stopped_because) as RunGroup['stoppedBecause']),
    best,
    createdAt: row.created_at,
    endedAt: row.ended_at,
  }
}

/** From the runs as they are: some may have been resumed or deleted after the sweep. */
function outcomeOfSweep(
  members: readonly Member[],
  settings: readonly string[],
): Pick<RunGroup, 'tried' | 'best'> {
  const ended = members.filter(({ status }) => !activeStatuses.includes(status))
  const [best] = ended.filter((run) => run.model_sha256 !== null).sort(betterFirst)
  return {
    tried: ended.map(({ number, plan, validation_accuracy: valAccuracy }) => ({
      run: runIdOf(number),
      step: sweepLabel(JSON.parse(plan) as Record<string, unknown>, settings),
      valAccuracy,
      comparison: null,
      better: null,
    })),
    best: best ? runIdOf(best.number) : null,
  }
}

/** By validation accuracy, then by validation loss, then the older. */
function betterFirst(a: Member, b: Member): number {
  return (
    (b.validation_accuracy ?? -1) - (a.validation_accuracy ?? -1) ||
    (a.validation_loss ?? Number.MAX_VALUE) - (b.validation_loss ?? Number.MAX_VALUE) ||
    a.number - b.number
  )
}

/** As it was decided step by step. */
function outcomeOfLadder(row: RunGroupRow, members: readonly Member[]): Pick<RunGroup, 'tried' | 'best'> {
  const isThere = members.some(({ number }) => number === row.best_run)
  return {
    tried: JSON.parse(row.tried) as RunGroup['tried'],
    best: row.best_run !== null && isThere ? runIdOf(row.best_run) : null,
  }
}

/** Marks the groups that a process left behind when it died; their runs can be resumed one by one. */
export function interruptAbandonedGroups({ database }: OpenProject): void {
  database
    .prepare("UPDATE run_groups SET status = 'interrupted', ended_at = ? WHERE status = 'running'")
    .run(Date.now())
}
