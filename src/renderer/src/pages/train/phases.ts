import type { FreezePlan, TrainPhase } from '../../../../contract/train-plan.ts'
import { freezePlanOf } from '../../../../models/training/modes.ts'
import type { Graph } from '../../../../models/graph.ts'
import { resolveTrainable } from '../../../../models/freeze.ts'
import { parametersOf } from '../../../../models/shapes.ts'

/** The blocks of a backbone that have parameters, from the input on. */
export function blocksOf(graph: Graph): string[] {
  const withParameters = new Set(parametersOf(graph).map(({ node }) => node))
  return [...new Set(graph.nodes.filter(({ name }) => withParameters.has(name)).map(({ block }) => block))]
}

/** What a phase trains: `all` frozen, `none` frozen, or the name of the first block that is trained. */
export function choiceOfPhase({ freeze }: Pick<TrainPhase, 'freeze'>, graph: Graph): string {
  const trainable = resolveTrainable(graph, freeze)
  if (trainable.size === 0) return 'all'
  const first = graph.nodes.find(({ name }) => trainable.has(name))
  const block = first?.block ?? ''
  return block === blocksOf(graph)[0] ? 'none' : block
}

/** The freeze plan of a choice. */
export function freezeOfChoice(choice: string, graph: Graph): FreezePlan {
  if (choice === 'all' || choice === 'none') return { kind: choice }
  const first = graph.nodes.findIndex(({ block }) => block === choice)
  const last = graph.nodes[first - 1]
  return last === undefined ? { kind: 'none' } : { kind: 'until', layer: last.name }
}

/** The phase that is likely meant next: the head first, then the last third of the blocks at a tenth of the rate, then everything. */
export function nextPhase(phases: readonly TrainPhase[], graph: Graph, epochs: number): TrainPhase {
  const last = phases.at(-1)
  if (last === undefined) return { epochs: Math.max(1, Math.round(epochs / 2)), freeze: { kind: 'all' } }
  const freeze: FreezePlan =
    choiceOfPhase(last, graph) === 'all' ? freezePlanOf({ mode: 'fine-tune' }, graph) : { kind: 'none' }
  const rate = last.learningRate === undefined ? undefined : last.learningRate / 10
  return { epochs: last.epochs, freeze, ...(rate === undefined ? {} : { learningRate: rate }) }
}
