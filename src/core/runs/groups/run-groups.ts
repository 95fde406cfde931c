import type { Notice, Run, RunGroup } from '../../../contract/entities.ts'
import { AppError, toErrorPayload } from '../../../contract/errors.ts'
import type { PlanSettings, Recipe } from '../../../contract/recipes.ts'
import type { RequestParsedInput } from '../../../contract/requests/index.ts'
import type { Backbone } from '../../../models/backbone.ts'
import { planOfRecipe } from '../../../models/training/recipes/index.ts'
import { backboneOf } from '../../own-backbones/own-backbones.ts'
import type { OpenProject } from '../../projects/open-projects.ts'
import { checkPlan } from '../check-plan.ts'
import { prepareRuns, storeRuns, type StartRunDeps } from '../start-run.ts'
import { runNumber, storedRun } from '../stored-runs.ts'
import { climbLadder, type Climb } from './climb-ladder.ts'
import { changeGroup, findGroup, groupIdOf, groupNumber } from './stored-groups.ts'
import { sweepPlans } from './sweep-plans.ts'

interface Started {
  group: RunGroup
  runs: Run[]
  notices: Notice[]
}

/** Sweeps and ladders, which start and follow runs of their own. */
export interface RunGroups {
  /** @throws AppError as `startRun` for the first step */
  climb(
    project: OpenProject,
    recipe: Recipe,
    options: { settings: PlanSettings; name: string | undefined; timeBudgetMinutes: number | undefined },
    closing: AbortSignal,
  ): Promise<Started>
  /** @throws AppError as `startRun` and `sweepPlans`, before anything is stored */
  sweep(project: OpenProject, input: RequestParsedInput<'runs.sweep'>, closing: AbortSignal): Promise<Started>
  /** @throws AppError 'run-group-not-found', 'run-not-active' */
  stop(project: OpenProject, groupId: string): void
  /** Resolves when it has ended; at once where it is not at work. */
  ended(project: OpenProject, groupId: string): Promise<void>
  /** Resolves when no group of the project is at work: after its runs were interrupted. */
  allEnded(project?: OpenProject): Promise<void>
}

interface ActiveGroup {
  readonly project: OpenProject
  readonly number: number
  stopRequested: boolean
  ended: Promise<void>
}

/** What a ladder decides by itself. */
const ladderSettings = ['mode', 'freeze', 'phases'] as const

export function createRunGroups(deps: StartRunDeps): RunGroups {
  const active = new Set<ActiveGroup>()

  function change(active: ActiveGroup, columns: Parameters<typeof changeGroup>[2]): RunGroup {
    const group = changeGroup(active.project, active.number, columns)
    deps.publish('runs.groupChanged', { projectId: active.project.id, group })
    return group
  }

  /** Follows a group to its end, whatever that is. */
  function follow(group: ActiveGroup, work: () => Promise<Parameters<typeof changeGroup>[2]>): void {
    active.add(group)
    group.ended = work()
      .catch((error: unknown) => {
        deps.log.error({ err: error, group: groupIdOf(group.number) }, 'a group of runs ended in disorder')
        const cancelled = error instanceof AppError && error.code === 'cancelled'
        const reason = JSON.stringify(toErrorPayload(error))
        return { status: cancelled ? ('interrupted' as const) : ('failed' as const), stopped_because: reason }
      })
      .then((columns) => void change(group, { ...columns, ended_at: Date.now() }))
      .catch((error: unknown) => {
        // It counts as interrupted when the project is opened again.
        deps.log.error(
          { err: error, group: groupIdOf(group.number) },
          'the end of a group could not be stored',
        )
      })
      .finally(() => active.delete(group))
  }

  /** What it tried, and which is best, follows from its runs. */
  async function followSweep(group: ActiveGroup, started: readonly Run[]) {
    const { project } = group
    const ended = started.map(async ({ id }) => {
      await deps.queue.ended(project, runNumber(id))
      change(group, { status: 'running' })
    })
    await Promise.all(ended)
    // Deleted ones are gone from the account.
    const runs = started.flatMap(({ id }) => storedRun(project, id) ?? [])
    const count = (status: Run['status']): number => runs.filter((run) => run.status === status).length
    const status = group.stopRequested
      ? ('stopped' as const)
      : count('interrupted') > 0
        ? ('interrupted' as const)
        : count('failed') === runs.length && runs.length > 0
          ? ('failed' as const)
          : ('completed' as const)
    const reason: Notice = {
      code: 'sweep-ended',
      message: `${count('completed')} of ${runs.length} runs are completed, ${count('failed')} failed, ${count('stopped')} were stopped, ${count('interrupted')} interrupted.`,
      details: { runs: runs.length, completed: count('completed'), failed: count('failed') },
    }
    return { status, stopped_because: JSON.stringify(reason) }
  }

  const begin = (project: OpenProject, { runs, group }: ReturnType<typeof storeRuns>) => ({
    group: { project, number: group as number, stopRequested: false, ended: Promise.resolve() },
    runs,
  })
  const find = (project: OpenProject, groupId: string): ActiveGroup | undefined =>
    [...active].find((group) => group.project === project && groupIdOf(group.number) === groupId.trim())

  return {
    async climb(project, recipe, { settings, name = recipe.id, timeBudgetMinutes }, closing) {
      const decided = ladderSettings.find((setting) => settings[setting] !== undefined)
      if (decided !== undefined) {
        throw new AppError(
          'plan-invalid',
          `The recipe '${recipe.id}' decides itself what it freezes; leave '${decided}' out, or choose another recipe.`,
          { setting: decided, recipe: recipe.id },
        )
      }
      const steps = recipe.ladder?.steps ?? []
      const find = (id: string): Backbone => backboneOf(deps.dataDir, id)
      const plans = steps.map((step) => planOfRecipe(recipe, settings, step, find))
      for (const plan of plans) checkPlan(plan, find(plan.backbone), 2)
      const [plan, step] = [plans[0], steps[0]]
      if (!plan || !step) throw new AppError('internal', `'${recipe.id}' has no ladder.`)
      const budget = timeBudgetMinutes ?? recipe.ladder?.timeBudgetMinutes ?? Infinity
      const prepared = await prepareRuns(deps, project, [plan], closing)
      const origin = { name: `${name}: ${step.id}`, recipe: recipe.id }
      const stored = storeRuns(deps, project, prepared, [{ plan, origin }], {
        kind: 'ladder',
        name,
        recipe: recipe.id,
        settings: JSON.stringify(['mode', 'freeze', 'learningRateBackbone']),
        time_budget_minutes: budget,
      })
      const { group, runs } = begin(project, stored)
      const climb: Climb = {
        project,
        group: group.number,
        recipe,
        settings,
        name,
        timeBudgetMs: budget * 60_000,
        closing,
        stopRequested: () => group.stopRequested,
        onStep: (tried, best) => change(group, { tried: JSON.stringify(tried), best_run: best }),
      }
      follow(group, async () => {
        const { status, reason } = await climbLadder(deps, climb, runs[0] as Run)
        return { status, stopped_because: JSON.stringify(reason) }
      })
      return { group: change(group, { status: 'running' }), runs, notices: [...prepared.notices] }
    },

    async sweep(project, input, closing) {
      const plans = sweepPlans(input)
      const prepared = await prepareRuns(
        deps,
        project,
        plans.map(({ plan }) => plan),
        closing,
      )
      const name = input.name?.trim() || 'sweep'
      const members = plans.map(({ plan, label }) => ({ plan, origin: { name: `${name}: ${label}` } }))
      const stored = storeRuns(deps, project, prepared, members, {
        kind: 'sweep',
        name,
        recipe: null,
        settings: JSON.stringify(Object.keys(input.values)),
        time_budget_minutes: null,
      })
      const { group, runs } = begin(project, stored)
      follow(group, () => followSweep(group, runs))
      return { group: change(group, { status: 'running' }), runs, notices: [...prepared.notices] }
    },

    stop(project, groupId) {
      const { id, status, runs } = findGroup(project, groupId)
      const group = find(project, groupId)
      if (!group) {
        throw new AppError(
          'run-not-active',
          `Only a group that is at work can be stopped; ${id} is ${status}.`,
          {
            group: id,
            status,
          },
        )
      }
      group.stopRequested = true
      // The last first: none of them begins when the one that trains ends.
      for (const runId of runs.toReversed()) {
        if (deps.queue.isScheduled(project, runNumber(runId))) deps.queue.stop(project, runNumber(runId))
      }
    },
    async ended(project, groupId) {
      findGroup(project, groupId)
      await find(project, groupIdOf(groupNumber(groupId)))?.ended
    },
    async allEnded(project) {
      const own = [...active].filter((group) => !project || group.project === project)
      await Promise.all(own.map(({ ended }) => ended))
    },
  }
}
