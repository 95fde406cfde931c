import type { FreezePlan, TrainPlan } from '../../contract/train-plan.ts'

/** A stretch of a training with its own frozen layers and rates. */
export interface Phase {
  /** From 0. */
  readonly index: number
  readonly epochs: number
  /** Absent: as the mode has it. */
  readonly freeze: FreezePlan | undefined
  /** Of the head. */
  readonly learningRate: number
  /** Of the highest block of the backbone; the blocks below it have it times `layerDecay`, each time. */
  readonly learningRateBackbone: number
}

/** The phases of a plan, in their order: one where it names none. */
export function phasesOf(plan: TrainPlan): readonly Phase[] {
  const phases = plan.phases.length > 0 ? plan.phases : [{ ...plan, phases: undefined }]
  return phases.map((phase, index) => {
    const learningRate = phase.learningRate ?? plan.learningRate
    // A random backbone has as much to learn as the head; a pretrained one is only adjusted.
    const usual = plan.mode === 'scratch' ? learningRate : learningRate / 10
    const ownRate = phase.learningRate === undefined ? plan.learningRateBackbone : undefined
    return {
      index,
      epochs: phase.epochs,
      freeze: phase.freeze,
      learningRate,
      learningRateBackbone: phase.learningRateBackbone ?? ownRate ?? usual,
    }
  })
}
