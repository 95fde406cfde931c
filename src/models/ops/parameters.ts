import type { Initializer, OpParameter, ParameterRole } from './definition.ts'

/** A parameter that gradients change. */
export function trained(
  role: ParameterRole,
  shape: readonly number[],
  initializer: Initializer,
): OpParameter {
  return { role, shape, trainable: true, initializer }
}

/** The bias of a layer, where it has one. */
export function biases(useBias: boolean, units: number): OpParameter[] {
  return useBias ? [trained('bias', [units], 'zeros')] : []
}
