/**
 * One rule of changing a parameter by its gradient, in plain arrays: a single pass over memory, where an engine would make a dozen, and
 * the same bits on every engine. Its numbers are in models/training/optimizers.ts.
 */
export interface UpdateRule {
  /** What is kept for each parameter between steps, in order; each starts as zeros of the parameter's length. */
  readonly slots: readonly string[]
  /**
   * Changes the parameter and its slots in place.
   *
   * @param step from 1
   */
  readonly update: (
    parameter: Float32Array,
    gradient: Float32Array,
    slots: readonly Float32Array[],
    learningRate: number,
    step: number,
  ) => void
}
