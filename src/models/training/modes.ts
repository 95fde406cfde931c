import type { FreezePlan, TrainPlan } from '../../contract/train-plan.ts'
import type { Graph } from '../graph.ts'

/** How a network is taught. */
export type TrainingMode = TrainPlan['mode']

/** What a mode decides unless the plan says more. */
export interface TrainingModeDefinition {
  /** Whether the backbone starts from published weights; otherwise from random ones. */
  readonly pretrained: boolean
  /** The layers of the backbone that stay as published, where the plan names none. */
  readonly freeze: (backbone: Graph) => FreezePlan
}

/** Every mode of training. */
export const trainingModeDefinitions: { readonly [Mode in TrainingMode]: TrainingModeDefinition } = {
  /** A random network, all of it trained: the baseline that shows whether transfer helped. */
  scratch: { pretrained: false, freeze: () => ({ kind: 'none' }) },
  /** The backbone as it is, a new head. */
  'feature-extraction': { pretrained: true, freeze: () => ({ kind: 'all' }) },
  /** The first two thirds of the blocks as they are; the later ones and the head trained. */
  'fine-tune': { pretrained: true, freeze: freezeEarlyBlocks },
  /** Published weights to start from, all of them trained. */
  full: { pretrained: true, freeze: () => ({ kind: 'none' }) },
}

/** The freeze plan of a training: the plan's own, or its mode's. */
export function freezePlanOf(plan: Pick<TrainPlan, 'mode' | 'freeze'>, backbone: Graph): FreezePlan {
  return plan.freeze ?? trainingModeDefinitions[plan.mode].freeze(backbone)
}

function freezeEarlyBlocks(backbone: Graph): FreezePlan {
  const blocks = [...new Set(backbone.nodes.map((node) => node.block))]
  const lastFrozen = blocks[Math.max(Math.floor((blocks.length * 2) / 3) - 1, 0)]
  const layer = backbone.nodes.findLast((node) => node.block === lastFrozen)
  return layer === undefined ? { kind: 'all' } : { kind: 'until', layer: layer.name }
}
