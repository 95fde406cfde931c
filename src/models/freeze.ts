import type { FreezePlan } from '../contract/train-plan.ts'
import { AppError } from '../contract/errors.ts'
import type { Graph } from './graph.ts'
import { ancestorsOf, consumersOf, headBlock, nodeOf, unknownLayer } from './graph.ts'
import { globToRegExp } from './glob.ts'
import type { OpDefinition, Op } from './ops.ts'
import { ops } from './ops.ts'
import { inferShapes, parametersOf } from './shapes.ts'

/**
 * The names of the nodes whose parameters are trained under a plan: only nodes that have parameters. Layers of the head are
 * always trained; of the backbone:
 * - all: every layer is frozen (feature extraction); none: every layer is trained
 * - until: that layer and all before it are frozen
 * - first: the first `count` layers that have parameters are frozen
 * - glob: only layers whose name matches are trained; layers: only these are trained
 *
 * @param graph a backbone, or a backbone with its head
 * @throws AppError 'layer-not-found' or 'plan-invalid', listing what is valid
 */
export function resolveTrainable(graph: Graph, plan: FreezePlan): Set<string> {
  const parameterised = new Set(parametersOf(graph).map((parameter) => parameter.node))
  const inHead = (name: string): boolean => nodeOf(graph, name).block === headBlock
  const backbone = [...parameterised].filter((name) => !inHead(name))
  const head = [...parameterised].filter(inHead)
  return new Set([...trainableOf(graph, plan, backbone), ...head])
}

function trainableOf(graph: Graph, plan: FreezePlan, layers: string[]): string[] {
  switch (plan.kind) {
    case 'all':
      return []
    case 'none':
      return layers
    case 'until': {
      const position = graph.nodes.findIndex((node) => node.name === plan.layer)
      if (position < 0) throw unknownLayer(graph, plan.layer)
      const frozen = new Set(graph.nodes.slice(0, position + 1).map((node) => node.name))
      return layers.filter((name) => !frozen.has(name))
    }
    case 'first': {
      if (!Number.isInteger(plan.count) || plan.count < 0 || plan.count > layers.length) {
        throw new AppError(
          'plan-invalid',
          `The number of frozen layers must be 0 to ${layers.length} for '${graph.name}'; it was ${plan.count}.`,
          { count: plan.count, maximum: layers.length },
        )
      }
      return layers.slice(plan.count)
    }
    case 'glob': {
      const pattern = globToRegExp(plan.pattern)
      const matching = layers.filter((name) => pattern.test(name))
      if (matching.length === 0) {
        throw new AppError(
          'plan-invalid',
          `'${plan.pattern}' matches no layer with parameters of '${graph.name}'; its layers are: ${layers.join(', ')}.`,
          { pattern: plan.pattern, layers },
        )
      }
      return matching
    }
    case 'layers': {
      const unknown = plan.trainable.find((name) => !layers.includes(name))
      if (unknown !== undefined) {
        throw new AppError(
          'layer-not-found',
          `'${unknown}' is not a layer with parameters of '${graph.name}'; choose from: ${layers.join(', ')}.`,
          { layer: unknown, layers },
        )
      }
      const wanted = new Set(plan.trainable)
      return layers.filter((name) => wanted.has(name))
    }
  }
}

/**
 * The latest node such that everything it depends on, and itself, is a constant function of the image (no trained
 * parameters, no dropout), and that is the only value the rest of the network takes from that part. A residual block is
 * therefore never cut in its middle.
 *
 * @param trainable names from {@link resolveTrainable}
 * @returns a node's name; the input node's where nothing can be frozen
 */
export function freezeBoundary(graph: Graph, trainable: ReadonlySet<string>): string {
  const consumers = consumersOf(graph)
  const constant = new Set<string>()
  for (const node of graph.nodes) {
    const { stochastic } = ops[node.op] as unknown as OpDefinition<Op>
    const varies = trainable.has(node.name) || (stochastic?.(node.attributes) ?? false)
    if (!varies && node.inputs.every((input) => constant.has(input))) constant.add(node.name)
  }
  for (const node of [...graph.nodes].reverse()) {
    if (constant.has(node.name) && isOnlyLiveValue(graph, node.name, consumers)) return node.name
  }
  throw new AppError('internal', `The network '${graph.name}' has no single input to start from.`)
}

/** Whether the rest of the graph takes nothing but `name` from `name` and its ancestors. */
function isOnlyLiveValue(graph: Graph, name: string, consumers: ReadonlyMap<string, string[]>): boolean {
  const part = ancestorsOf(graph, name)
  if (part.has(graph.output) && graph.output !== name) return false
  for (const member of part) {
    if (member === name) continue
    if (consumers.get(member)?.some((consumer) => !part.has(consumer))) return false
  }
  // The input must be inside, or the rest would still need the image.
  return graph.nodes.every((node) => node.op !== 'input' || part.has(node.name))
}

/** A graph in two parts. `rest` begins with an input node that has the boundary's name and shape. */
export interface GraphCut {
  readonly frozen: Graph
  readonly rest: Graph
}

/**
 * Cuts a graph at a boundary: running `frozen` and then `rest` on its result gives what the whole gives.
 *
 * @param boundary a name from {@link freezeBoundary}
 * @throws AppError 'layer-not-found'; 'plan-invalid' where more than one value would cross the cut
 */
export function cutAt(graph: Graph, boundary: string, inputShape?: readonly number[]): GraphCut {
  const { block } = nodeOf(graph, boundary)
  if (!isOnlyLiveValue(graph, boundary, consumersOf(graph))) {
    throw new AppError(
      'plan-invalid',
      `'${graph.name}' cannot be cut at '${boundary}': later layers also take values from before it. Cut at the end of a block.`,
      { boundary },
    )
  }
  const part = ancestorsOf(graph, boundary)
  const shape = inferShapes(graph, inputShape).get(boundary) ?? []
  return {
    frozen: { name: graph.name, nodes: graph.nodes.filter((node) => part.has(node.name)), output: boundary },
    rest: {
      name: graph.name,
      nodes: [
        { name: boundary, op: 'input', inputs: [], attributes: { shape }, block },
        ...graph.nodes.filter((node) => !part.has(node.name)),
      ],
      output: graph.output,
    },
  }
}
