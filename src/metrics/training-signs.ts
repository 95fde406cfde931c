/** Losses of one epoch that has ended. */
export interface EpochLosses {
  /** From 1. */
  readonly epoch: number
  /** Mean cross-entropy over the training images, in nats. */
  readonly train: number
  /** The same over the validation images; null where there are none. */
  readonly validation: number | null
}

/** What the curves of a training say of how it goes. */
export type TrainingSign =
  /** The training loss has risen above what guessing would have. */
  | { readonly kind: 'divergence'; readonly epoch: number; readonly loss: number; readonly guessing: number }
  /** Validation loss rises while training loss falls. */
  | {
      readonly kind: 'overfitting'
      readonly bestEpoch: number
      /** Epochs since the best one. */
      readonly epochs: number
      /** How far above its lowest the validation loss is, as a share of that. */
      readonly rise: number
    }
  /** No loss that counts has become better. */
  | {
      readonly kind: 'plateau'
      readonly of: 'validation' | 'train'
      readonly epochs: number
      readonly lowest: number
    }
  /** The last epoch was the best, and by far: more would have helped. */
  | { readonly kind: 'unfinished'; readonly epochs: number; readonly gain: number }

/** Epochs of worse validation loss before it is called overfitting; strips of 5 epochs are those of Prechelt's criteria. */
export const overfittingEpochs = 5
/** Prechelt's generalisation loss GL of 5%: how far the validation loss must be above its lowest. */
export const overfittingRise = 0.05
/** Epochs without a gain before it is called a plateau: the patience that ReduceLROnPlateau has in PyTorch and Keras. */
export const plateauEpochs = 10
/** A smaller gain, as a share of the lowest loss, is none: a curve shows no less. */
export const plateauGain = 0.01
/** Times its lowest that a training loss must be to be called diverging: half of where fast.ai's rate finder gives up on single batches. */
export const divergenceFactor = 2
const unfinishedEpochs = 3
const unfinishedGain = 0.03
/** Epochs whose mean stands for the last, as single ones are noisy. */
const recentEpochs = 3

/**
 * What is to be said of a training so far, the gravest only; null where it goes as it should. Rules:
 *
 * - divergence: the last training loss is more than twice its lowest, and above that of guessing, ln(classes); or it is twice that of
 *   guessing from the second epoch on without falling.
 * - overfitting: the lowest validation loss was 5 epochs ago or more, the mean of the last 3 is more than 5% above it, and that of the training
 *   loss is below what it was in the best epoch.
 * - plateau: in the last 10 epochs the lowest validation loss (training loss, where there is none) fell by less than 1%.
 * - unfinished: only where it `ended`: the last 3 epochs lowered the loss by more than 3%, the last one most.
 *
 * @param epochs in their order, of one phase: where what is trained changes, losses jump
 * @param classes at least 2
 * @see https://doi.org/10.1007/3-540-49430-8_3 for GL and strips
 */
export function readTrainingSigns(
  epochs: readonly EpochLosses[],
  classes: number,
  ended: boolean,
): TrainingSign | null {
  return (
    findDivergence(epochs, classes) ??
    findOverfitting(epochs) ??
    findPlateau(epochs) ??
    (ended ? findUnfinished(epochs) : null)
  )
}

function findDivergence(epochs: readonly EpochLosses[], classes: number): TrainingSign | null {
  const last = epochs.at(-1)
  const before = epochs.at(-2)
  if (last === undefined || before === undefined) return null
  const guessing = Math.log(classes)
  const lowest = Math.min(...epochs.slice(0, -1).map(({ train }) => train))
  const hasRisen = last.train > divergenceFactor * lowest && last.train > guessing
  const neverFell = last.train > divergenceFactor * guessing && last.train >= before.train
  if (!hasRisen && !neverFell && Number.isFinite(last.train)) return null
  return { kind: 'divergence', epoch: last.epoch, loss: last.train, guessing }
}

function findOverfitting(epochs: readonly EpochLosses[]): TrainingSign | null {
  const best = bestOf(epochs, 'validation')
  const last = epochs.at(-1)
  if (best === null || last === undefined || best.validation === null || best.validation <= 0) return null
  const since = last.epoch - best.epoch
  if (since < overfittingEpochs) return null
  const recent = epochs.slice(-recentEpochs)
  const rise = mean(recent.map(({ validation }) => validation ?? NaN)) / best.validation - 1
  const trainFell = mean(recent.map(({ train }) => train)) < best.train
  if (!(rise > overfittingRise) || !trainFell) return null
  return { kind: 'overfitting', bestEpoch: best.epoch, epochs: since, rise }
}

function findPlateau(epochs: readonly EpochLosses[]): TrainingSign | null {
  if (epochs.length <= plateauEpochs) return null
  const of = epochs.some(({ validation }) => validation !== null) ? 'validation' : 'train'
  const before = bestOf(epochs.slice(0, -plateauEpochs), of)?.[of] ?? null
  const within = bestOf(epochs.slice(-plateauEpochs), of)?.[of] ?? null
  // What is next to nothing cannot fall by a share that anyone sees.
  if (before === null || within === null || before < 1e-3) return null
  if (before - within >= plateauGain * before) return null
  return { kind: 'plateau', of, epochs: plateauEpochs, lowest: Math.min(before, within) }
}

function findUnfinished(epochs: readonly EpochLosses[]): TrainingSign | null {
  if (epochs.length <= unfinishedEpochs) return null
  const of = epochs.some(({ validation }) => validation !== null) ? 'validation' : 'train'
  const before = bestOf(epochs.slice(0, -unfinishedEpochs), of)?.[of] ?? null
  const last = epochs.at(-1)?.[of] ?? null
  if (before === null || last === null || bestOf(epochs, of)?.epoch !== epochs.at(-1)?.epoch) return null
  const gain = 1 - last / before
  return gain > unfinishedGain ? { kind: 'unfinished', epochs: unfinishedEpochs, gain } : null
}

function bestOf(epochs: readonly EpochLosses[], of: 'validation' | 'train'): EpochLosses | null {
  let best: EpochLosses | null = null
  for (const epoch of epochs) {
    const value = epoch[of]
    if (value !== null && Number.isFinite(value) && value < (best?.[of] ?? Infinity)) best = epoch
  }
  return best
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
