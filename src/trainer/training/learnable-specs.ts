import type { TrainPlan } from '../../contract/train-plan.ts'
import type { ParameterSpec } from '../../models/shapes.ts'
import type { Phase } from '../../models/training/phases.ts'
import { buildNetwork } from '../network.ts'

/**
 * The parameters, moving statistics included, of every layer that any phase trains, in graph order.
 *
 * @throws AppError 'layer-not-found', 'plan-invalid'
 */
export function learnableSpecs(
  plan: TrainPlan,
  phases: readonly Phase[],
  classes: number,
): readonly ParameterSpec[] {
  const networks = phases.map(({ freeze }) => buildNetwork({ ...plan, freeze }, classes))
  const nodes = new Set(networks.flatMap(({ trainable }) => [...trainable]))
  return (networks[0]?.specs ?? []).filter(({ node }) => nodes.has(node))
}
