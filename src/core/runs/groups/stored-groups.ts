import type { RunGroup } from '../../../contract/entities.ts'
import { AppError } from '../../../contract/errors.ts'
import type { OpenProject } from '../../projects/open-projects.ts'
import type { RunGroupRow } from '../../store/tables/run-groups.ts'
import { runIdOf } from '../stored-runs.ts'

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

/** Of a group whose first run could not be started. */
export function deleteGroup({ database }: OpenProject, number: number): void {
  database.prepare('DELETE FROM run_groups WHERE number = ?').run(number)
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

/** Oldest first. */
export function listGroups({ database }: OpenProject): RunGroup[] {
  const runsOf = database
    .prepare<[number], number>('SELECT number FROM runs WHERE group_number = ? ORDER BY number')
    .pluck()
  return database
    .prepare<[], RunGroupRow>('SELECT * FROM run_groups ORDER BY number')
    .all()
    .map((row) => ({
      id: groupIdOf(row.number),
      kind: row.kind,
      name: row.name,
      recipe: row.recipe,
      status: row.status,
      settings: JSON.parse(row.settings) as string[],
      timeBudgetMinutes: row.time_budget_minutes,
      runs: runsOf.all(row.number).map(runIdOf),
      tried: JSON.parse(row.tried) as RunGroup['tried'],
      stoppedBecause:
        row.stopped_because === null ? null : (JSON.parse(row.stopped_because) as RunGroup['stoppedBecause']),
      best: row.best_run === null ? null : runIdOf(row.best_run),
      createdAt: row.created_at,
      endedAt: row.ended_at,
    }))
}

/** Marks the groups that a process left behind when it died; their runs can be resumed one by one. */
export function interruptAbandonedGroups({ database }: OpenProject): void {
  database
    .prepare("UPDATE run_groups SET status = 'interrupted', ended_at = ? WHERE status = 'running'")
    .run(Date.now())
}
