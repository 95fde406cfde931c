import type { TrainPlan } from '../../contract/train-plan.ts'
import { headBlock } from '../../models/graph.ts'
import type { Phase } from '../../models/training/phases.ts'
import { learningRateAt, type SchedulePosition } from '../../models/training/schedules.ts'
import type { Network } from '../network.ts'

/** The rate of a parameter, by its name, in a step of the optimiser. */
export type RateOf = (name: string, position: SchedulePosition) => number

/**
 * Rates by groups: the head has the phase's rate; the highest block of the backbone that has parameters has the backbone's, and each block
 * below it that of the block above times `layerDecay` (discriminative rates).
 *
 * @see https://arxiv.org/abs/1801.06146, section 3.2
 */
export function learningRates(
  plan: Pick<TrainPlan, 'layerDecay' | 'schedule' | 'scheduleParameters' | 'warmUpEpochs'>,
  phase: Phase,
  { graph, specs }: Pick<Network, 'graph' | 'specs'>,
): RateOf {
  const blockOf = new Map(graph.nodes.map(({ name, block }) => [name, block]))
  const blocks = [...new Set(specs.map(({ node }) => blockOf.get(node) ?? ''))].filter(
    (block) => block !== headBlock,
  )
  const highest = blocks.length - 1
  const base = new Map(
    specs.map(({ name, node }) => {
      const block = blockOf.get(node) ?? ''
      const below = highest - blocks.indexOf(block)
      const rate =
        block === headBlock ? phase.learningRate : phase.learningRateBackbone * plan.layerDecay ** below
      return [name, rate]
    }),
  )
  return (name, position) => learningRateAt(plan, base.get(name) ?? phase.learningRate, position)
}
