import type { optimizerNames } from '../../contract/train-plan.ts'

/** The name of an optimiser. */
export type OptimizerName = (typeof optimizerNames)[number]

/**
 * The numbers of each optimiser apart from the learning rate. `sgd` has classical momentum, not Nesterov's; `adamw` decays weights apart from
 * the gradient.
 *
 * @see https://arxiv.org/abs/1412.6980 (Adam), https://arxiv.org/abs/1711.05101 (AdamW); the defaults are PyTorch's, but for the momentum
 */
export const optimizers = {
  sgd: { momentum: 0.9 },
  adam: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  adamw: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
  rmsprop: { decay: 0.99, epsilon: 1e-8 },
} as const satisfies { readonly [Name in OptimizerName]: Readonly<Record<string, number>> }
