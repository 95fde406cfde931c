import type * as tf from '@tensorflow/tfjs-core'

/** One rule of changing a parameter by its gradient. Its numbers are in models/training/optimizers.ts. */
export interface UpdateRule {
  /** What is kept for each parameter between steps, in order; each starts as zeros of the parameter's shape. */
  readonly slots: readonly string[]
  /**
   * The next values. All arguments stay the caller's; called in `tf.tidy`.
   *
   * @param step of this parameter, from 1
   * @returns the parameter, then its slots in order
   */
  readonly update: (
    parameter: tf.Tensor,
    gradient: tf.Tensor,
    slots: readonly tf.Tensor[],
    learningRate: number,
    step: number,
  ) => readonly tf.Tensor[]
}
