import type { Notice, Run, TriedRun } from '../../../contract/entities.ts'
import type { PlanSettings, Recipe } from '../../../contract/recipes.ts'
import { significance } from '../../../metrics/index.ts'
import { planOfRecipe } from '../../../models/training/recipes/index.ts'
import { backboneOf } from '../../own-backbones/own-backbones.ts'
import type { OpenProject } from '../../projects/open-projects.ts'
import { startRun, type StartRunDeps } from '../start-run.ts'
import { runNumber, storedRun } from '../stored-runs.ts'
import { compareOnValidation } from './compare-on-validation.ts'

/** A ladder as it is climbed. */
export interface Climb {
  readonly project: OpenProject
  readonly group: number
  readonly recipe: Recipe
  readonly settings: PlanSettings
  readonly name: string
  readonly timeBudgetMs: number
  /** Of the project's closing. */
  readonly closing: AbortSignal
  /** A person wants no more. */
  readonly stopRequested: () => boolean
  readonly onStep: (tried: readonly TriedRun[], best: number | null) => void
}

/** How a climb ended. */
export interface ClimbResult {
  status: 'completed' | 'stopped' | 'interrupted' | 'failed'
  reason: Notice
}

type Step = NonNullable<Recipe['ladder']>['steps'][number]
const pollMs = 100

/**
 * Trains the steps of a ladder one after another. A step is kept where it has more validation images right than the best before it and
 * McNemar's exact test says that chance alone would rarely do that (p < 0.05, two-sided); the first that is not ends the climb. So does
 * a time budget that the next step would not fit into, if it took as long as the last one; a step that runs into it is stopped, evaluated
 * and judged like the others. Time that a run waits for its turn, or is paused, is not counted.
 */
export async function climbLadder(deps: StartRunDeps, climb: Climb, first: Run): Promise<ClimbResult> {
  const { project, recipe } = climb
  const steps = recipe.ladder?.steps ?? []
  const tried: TriedRun[] = []
  let best: Run | null = null
  let usedMs = 0
  let lastMs = 0
  for (const [index, step] of steps.entries()) {
    const leftMs = climb.timeBudgetMs - usedMs
    const reason = index === 0 ? null : reasonToStop(climb, best, leftMs, lastMs)
    if (reason) return { status: 'completed', reason }
    const { id } = index === 0 ? first : await startStep(deps, climb, step)
    const { ms, outOfTime } = await waitForRun(deps, climb, id, leftMs)
    lastMs = ms
    usedMs += ms
    const run = storedRun(project, id)
    if (!run || !hasModel(run)) return withoutModel(climb, best, { id, run, outOfTime })
    // It may have been deleted since.
    best = best && (storedRun(project, best.id) ?? null)
    const { comparison, better } = judge(project, best, run)
    tried.push({ run: run.id, step: step.id, valAccuracy: run.valAccuracy, comparison, better })
    if (better !== false) best = run
    climb.onStep(tried, best && runNumber(best.id))
    if (climb.stopRequested()) return { status: 'stopped', reason: stopped }
    if (better === false) return { status: 'completed', reason: noImprovement(step, comparison, outOfTime) }
    if (outOfTime) return { status: 'completed', reason: timeIsUp(climb, 0, 0) }
  }
  return {
    status: 'completed',
    reason: {
      code: 'ladder-all-tried',
      message: `All ${steps.length} steps were tried; each improved on the one before.`,
      details: { steps: steps.length },
    },
  }
}

async function startStep(deps: StartRunDeps, climb: Climb, step: Step): Promise<Run> {
  const { project, recipe, settings, name, group, closing } = climb
  const plan = planOfRecipe(recipe, settings, step, (id) => backboneOf(deps.dataDir, id))
  const origin = { name: `${name}: ${step.id}`, recipe: recipe.id, group }
  return (await startRun(deps, project, plan, origin, closing)).run
}

/**
 * Waits until the run has ended; stops it when its time at work is up.
 *
 * @returns the time at work, and whether it was up
 */
async function waitForRun(
  { queue }: StartRunDeps,
  { project, stopRequested }: Climb,
  id: string,
  leftMs: number,
): Promise<{ ms: number; outOfTime: boolean }> {
  const number = runNumber(id)
  // The request may have come while the run was being started.
  if (stopRequested() && queue.isScheduled(project, number)) queue.stop(project, number)
  let ms = 0
  let outOfTime = false
  let last = performance.now()
  const count = (): void => {
    const now = performance.now()
    if (queue.isAtWork(project, number)) ms += now - last
    last = now
  }
  const timer = setInterval(() => {
    count()
    if (outOfTime || ms < leftMs) return
    outOfTime = true
    queue.stop(project, number)
  }, pollMs)
  try {
    await queue.ended(project, number)
  } finally {
    clearInterval(timer)
  }
  return { ms, outOfTime }
}

function judge(
  project: OpenProject,
  best: Run | null,
  run: Run,
): { comparison: TriedRun['comparison']; better: boolean | null } {
  if (!best) return { comparison: null, better: null }
  const compared = compareOnValidation(project, runNumber(best.id), runNumber(run.id))
  if (!compared) return { comparison: null, better: false }
  const { b, c, p } = compared
  return { comparison: { b, c, p }, better: c > b && p < significance }
}

function reasonToStop(climb: Climb, best: Run | null, leftMs: number, lastMs: number): Notice | null {
  if (best?.valAccuracy == null) {
    return {
      code: 'ladder-no-validation',
      message:
        'There are no validation images to tell whether more training helps, so only the first step was tried.',
      details: {},
    }
  }
  if (best.valAccuracy === 1) {
    return {
      code: 'ladder-nothing-left',
      message: 'Every validation image is right, so no step could be told to be better.',
      details: { images: best.counts.validation },
    }
  }
  return lastMs > leftMs ? timeIsUp(climb, lastMs, leftMs) : null
}

const stopped: Notice = { code: 'ladder-stopped', message: 'It was stopped by request.', details: {} }

function timeIsUp({ timeBudgetMs }: Climb, lastMs: number, leftMs: number): Notice {
  const minutes = Number((timeBudgetMs / 60_000).toPrecision(3))
  const next =
    lastMs > 0
      ? ` ${Math.max(0, Math.round(leftMs / 1000))} s are left, and the next step takes no less than the ${Math.round(lastMs / 1000)} s of the last one.`
      : ''
  return {
    code: 'ladder-time-budget',
    message: `The time budget of ${minutes} minutes is used up.${next}`,
    details: { minutes },
  }
}

function noImprovement(step: Step, comparison: TriedRun['comparison'], outOfTime: boolean): Notice {
  const { b, c, p } = comparison ?? { b: 0, c: 0, p: 1 }
  return {
    code: 'ladder-no-improvement',
    message:
      `The step '${step.id}' ${outOfTime ? '(cut short by the time budget) ' : ''}did not improve validation beyond noise: ` +
      `${c} images right that the best before it has wrong, ${b} the other way round (McNemar p = ${p.toPrecision(2)}, ${significance} is asked).`,
    details: { step: step.id, b, c, p: Number(p.toPrecision(3)) },
  }
}

function hasModel({ status, modelSha256 }: Run): boolean {
  return (status === 'completed' || status === 'stopped') && modelSha256 !== null
}

/** How a climb ends whose run left nothing to be judged; what was best before it stays. @param run undefined: it was deleted */
function withoutModel(
  climb: Climb,
  best: Run | null,
  { id, run, outOfTime }: { id: string; run: Run | undefined; outOfTime: boolean },
): ClimbResult {
  if (climb.stopRequested()) return { status: 'stopped', reason: stopped }
  // A person who deletes a run interrupts it first.
  const deleted = !run || (run.status === 'interrupted' && !climb.closing.aborted)
  if (run?.status === 'stopped') {
    if (outOfTime) return { status: 'completed', reason: timeIsUp(climb, 0, 0) }
    return { status: 'stopped', reason: stopped }
  }
  const why = deleted ? 'deleted.' : `${run.status}: ${run.error?.message ?? 'no reason was given'}`
  const failed = best ? ('completed' as const) : ('failed' as const)
  return {
    status: deleted ? 'stopped' : run.status === 'interrupted' ? 'interrupted' : failed,
    reason: {
      code: 'ladder-run-failed',
      message: `The run ${id} is ${why}`,
      details: { run: id, status: deleted ? 'deleted' : run.status },
    },
  }
}
