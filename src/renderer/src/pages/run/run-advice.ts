import type { Run } from '../../../../contract/entities.ts'
import type { TrainPlan } from '../../../../contract/train-plan.ts'
import type { TrainingSign } from '../../../../metrics/index.ts'
import type { Graph } from '../../../../models/graph.ts'
import { augmentationPresets } from '../train/augmentation/augmentation-form.ts'
import { choiceOfPreset } from '../train/freeze-tree.ts'
import { withLowerRates } from './run-actions.ts'

/** What can be done about a sign: asked of the run itself, or a training with a plan that avoids it. */
export type Remedy =
  | { readonly kind: 'stop' | 'cancel' | 'extend' }
  | {
      readonly kind: 'augment' | 'earlyStopping' | 'smallerRate' | 'thaw'
      readonly plan: TrainPlan
    }

/** Epochs without a gain after which a training that is begun again stops by itself. */
const earlyStoppingEpochs = 5
const rateFactor = 10

/**
 * What to do about a sign, the likeliest first. While a run trains, only what ends it.
 *
 * @param backbone of the run; null where it is no longer there
 */
export function remediesOf(
  sign: TrainingSign,
  { plan, status, counts }: Pick<Run, 'plan' | 'status' | 'counts'>,
  backbone: Graph | null,
): Remedy[] {
  if (status === 'queued') return []
  if (status === 'running' || status === 'paused')
    return [{ kind: sign.kind === 'divergence' ? 'cancel' : 'stop' }]
  switch (sign.kind) {
    case 'divergence':
      return [{ kind: 'smallerRate', plan: withLowerRates(plan, rateFactor) }]
    case 'overfitting': {
      const remedies: Remedy[] = []
      if (plan.augment === '' || plan.augment === 'none')
        remedies.push({ kind: 'augment', plan: { ...plan, augment: augmentationPresets.light } })
      if (plan.earlyStopping === 0 && counts.validation > 0)
        remedies.push({
          kind: 'earlyStopping',
          plan: { ...plan, earlyStopping: earlyStoppingEpochs },
        })
      return remedies
    }
    case 'plateau':
      // With a frozen backbone the head has learned what the features tell.
      return plan.mode === 'feature-extraction' &&
        plan.freeze === undefined &&
        plan.phases.length === 0 &&
        backbone !== null
        ? [{ kind: 'thaw', plan: { ...plan, ...choiceOfPreset('last-block', backbone) } }]
        : []
    case 'unfinished':
      return status === 'completed' || status === 'stopped' ? [{ kind: 'extend' }] : []
  }
}
