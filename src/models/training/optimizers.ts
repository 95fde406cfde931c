import type { optimizerNames, TrainPlan } from '../../contract/train-plan.ts'

/** The name of an optimiser. */
export type OptimizerName = (typeof optimizerNames)[number]

/**
 * The numbers of each optimiser apart from the learning rate. Those that a plan may set (momentum, weightDecay) are here by their defaults.
 *
 * @see https://arxiv.org/abs/1412.6980 (Adam), https://arxiv.org/abs/1711.05101 (AdamW); the defaults are PyTorch's, but for the momentum of sgd
 */
export const optimizers = {
  sgd: { momentum: 0.9, weightDecay: 0 },
  adam: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 },
  adamw: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
  rmsprop: { decay: 0.99, epsilon: 1e-8, momentum: 0, weightDecay: 0 },
} as const satisfies {
  readonly [Name in OptimizerName]: Readonly<Record<string, number>> & { readonly weightDecay: number }
}

/** What a plan decides of its optimiser, with every number filled in. */
export interface OptimizerSettings {
  readonly name: OptimizerName
  /** Of sgd and rmsprop; 0 for the others. */
  readonly momentum: number
  /** Of sgd. */
  readonly nesterov: boolean
  /** adamw: apart from the gradient, times the rate; the others: added to the gradient, times the parameter. */
  readonly weightDecay: number
}

/** The optimiser of a plan. */
export function optimizerOf({
  optimizer: name,
  momentum,
  nesterov,
  weightDecay,
}: Pick<TrainPlan, 'optimizer' | 'momentum' | 'nesterov' | 'weightDecay'>): OptimizerSettings {
  const defaults: { readonly momentum?: number; readonly weightDecay: number } = optimizers[name]
  return {
    name,
    momentum: defaults.momentum === undefined ? 0 : (momentum ?? defaults.momentum),
    nesterov: name === 'sgd' && nesterov,
    weightDecay: weightDecay ?? defaults.weightDecay,
  }
}

/** Whether a parameter, by its name `<node>/<role>`, is decayed: kernels are; biases and what normalizations learn are not. */
export function isDecayed(parameter: string): boolean {
  return parameter.endsWith('/kernel') || parameter.endsWith('/depthwiseKernel')
}
