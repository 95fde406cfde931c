import type { Run } from '../../../../contract/entities.ts'
import type { TrainPlan } from '../../../../contract/train-plan.ts'

/** What can be asked of a run. */
export type RunAction = 'pause' | 'unpause' | 'stop' | 'cancel' | 'unqueue' | 'resume' | 'extend' | 'again'

const actionsByStatus: Readonly<Record<Run['status'], readonly RunAction[]>> = {
  queued: ['unqueue'],
  running: ['pause', 'stop', 'cancel'],
  paused: ['unpause', 'stop', 'cancel'],
  completed: ['extend', 'again'],
  stopped: ['resume', 'extend', 'again'],
  interrupted: ['resume', 'again'],
  failed: ['resume', 'again'],
}

/** What the run's status allows, the likeliest first. */
export function actionsOf(run: Pick<Run, 'status' | 'epochsDone' | 'plan'>): readonly RunAction[] {
  const actions = actionsByStatus[run.status]
  // With all of its epochs there is nothing to go on with.
  const isWhole = run.status === 'stopped' && run.epochsDone >= run.plan.epochs
  return isWhole ? actions.filter((action) => action !== 'resume') : actions
}

/**
 * The epoch that a run has gone on from; 0: it has started over; null: it was never resumed, or it is not known yet. A run that is resumed
 * counts as from 0 until its trainer has looked for a checkpoint.
 */
export function resumedFrom({
  resumedFromEpoch,
  status,
}: Pick<Run, 'resumedFromEpoch' | 'status'>): number | null {
  if (status === 'queued') return null
  const isKnown = resumedFromEpoch !== 0 || status === 'completed' || status === 'stopped'
  return isKnown ? resumedFromEpoch : null
}

/** A way to train again that avoids what a run failed of. */
export interface Retry {
  readonly kind: 'smaller-batch' | 'smaller-rate'
  /** The batch size, or the learning rate. */
  readonly value: number
  readonly plan: TrainPlan
}

/** What to try after a failure; null where nothing is known to help. */
export function retryOf({ plan, error }: Pick<Run, 'plan' | 'error'>): Retry | null {
  if (error === null) return null
  const { suggestedBatchSize, signal } = error.details
  // The system kills what takes too much memory, and says no more than that.
  const ranOutOfMemory =
    error.code === 'out-of-memory' || (error.code === 'trainer-died' && signal === 'SIGKILL')
  if (ranOutOfMemory && plan.batchSize > 1) {
    const half = Math.floor(plan.batchSize / 2)
    const value = typeof suggestedBatchSize === 'number' ? suggestedBatchSize : half
    return { kind: 'smaller-batch', value, plan: { ...plan, batchSize: value } }
  }
  if (error.code !== 'loss-not-finite') return null
  const lower = withLowerRates(plan, 10)
  return { kind: 'smaller-rate', value: lower.learningRate, plan: lower }
}

/** The plan with every rate divided by `factor`. */
export function withLowerRates(plan: TrainPlan, factor: number): TrainPlan {
  const lower = <
    Rates extends { learningRate?: number | undefined; learningRateBackbone?: number | undefined },
  >(
    rates: Rates,
  ): Rates => {
    const changed = { ...rates }
    for (const name of ['learningRate', 'learningRateBackbone'] as const) {
      const rate = rates[name]
      if (rate !== undefined) changed[name] = Number((rate / factor).toPrecision(6))
    }
    return changed
  }
  return { ...lower(plan), phases: plan.phases.map(lower) }
}
