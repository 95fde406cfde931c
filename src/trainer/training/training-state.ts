import type { Epoch } from '../../contract/entities.ts'
import type { TrainPlan } from '../../contract/train-plan.ts'
import type { Phase } from '../../models/training/phases.ts'
import type { CheckpointState } from '../checkpoint.ts'

type StoredState = Pick<
  CheckpointState,
  'phase' | 'phaseStart' | 'patienceFrom' | 'step' | 'epochs' | 'bestEpoch'
>

/** Where a training stands: all that decides what comes next, apart from tensors. */
export interface TrainingState {
  /** Index of the phase. */
  readonly phase: number
  /** Steps of the phase's optimiser when the state was stored. */
  readonly step: number
  readonly epochs: readonly Epoch[]
  readonly best: { readonly epoch: number; readonly loss: number } | null
  /** @returns whether its validation loss (training loss, where there is no validation) is the best so far */
  readonly addEpoch: (row: Epoch) => boolean
  /** Whether the phase has had all its epochs, or early stopping ends it. */
  readonly hasPhaseEnded: () => boolean
  readonly beginPhase: () => void
  /** Of the phase, if nothing ends it early. */
  readonly epochsLeft: () => number
  /** What schedules and early stopping follow, of the phase's epochs so far. */
  readonly monitoredInPhase: () => readonly number[]
  /** @param step of the phase's optimiser */
  readonly toStored: (step: number) => StoredState
}

/**
 * @param stored of the checkpoint it goes on from; a plan of other epochs than it had asks for more training, so patience begins anew
 */
export function createTrainingState(
  plan: TrainPlan,
  phases: readonly Phase[],
  stored?: StoredState & Pick<CheckpointState, 'plan'>,
): TrainingState {
  const epochs = [...(stored?.epochs ?? [])]
  let phase = stored?.phase ?? 0
  let phaseStart = stored?.phaseStart ?? 0
  const isExtended = stored !== undefined && stored.plan.epochs !== plan.epochs
  const patienceFrom = isExtended ? epochs.length : (stored?.patienceFrom ?? 0)
  let best = bestOf(epochs, stored?.bestEpoch ?? null)
  const sinceProgress = (): number => epochs.length - Math.max(best?.epoch ?? 0, phaseStart, patienceFrom)
  const epochsLeft = (): number => (phases[phase]?.epochs ?? 0) - (epochs.length - phaseStart)
  return {
    get phase() {
      return phase
    },
    step: stored?.step ?? 0,
    epochs,
    get best() {
      return best
    },
    addEpoch(row) {
      epochs.push(row)
      const loss = monitoredOf(row)
      const isBest = best === null || loss < best.loss
      if (isBest) best = { epoch: row.epoch, loss }
      return isBest
    },
    hasPhaseEnded: () =>
      epochsLeft() <= 0 || (plan.earlyStopping > 0 && sinceProgress() >= plan.earlyStopping),
    beginPhase() {
      phase += 1
      phaseStart = epochs.length
    },
    epochsLeft,
    monitoredInPhase: () => epochs.slice(phaseStart).map(monitoredOf),
    toStored: (step) => ({
      phase,
      phaseStart,
      patienceFrom,
      step,
      epochs: [...epochs],
      bestEpoch: best?.epoch ?? null,
    }),
  }
}

function monitoredOf({ valLoss, loss }: Epoch): number {
  return valLoss ?? loss
}

function bestOf(epochs: readonly Epoch[], epoch: number | null): { epoch: number; loss: number } | null {
  const row = epoch === null ? undefined : epochs[epoch - 1]
  return row === undefined ? null : { epoch: row.epoch, loss: monitoredOf(row) }
}
