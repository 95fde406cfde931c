import type { OptimizerSettings } from '../../models/training/optimizers.ts'

/** What one step of a rule is made with. */
export interface StepNumbers extends OptimizerSettings {
  readonly learningRate: number
  /** From 1. */
  readonly step: number
}

/**
 * One rule of changing a parameter by its gradient, in plain arrays: a single pass over memory, where an engine would make a dozen, and
 * the same bits on every engine, also where Thaw's own kernels are loaded and do it by all threads. Its numbers are in models/training/optimizers.ts.
 */
export interface UpdateRule {
  /** What is kept for each parameter between steps, in order; each starts as zeros of the parameter's length. */
  readonly slotsOf: (settings: OptimizerSettings) => readonly string[]
  /**
   * Changes the parameter and its slots in place.
   *
   * @param numbers `weightDecay` is 0 for a parameter that is not decayed
   */
  readonly update: (
    parameter: Float32Array,
    gradient: Float32Array,
    slots: readonly Float32Array[],
    numbers: StepNumbers,
  ) => void
}
