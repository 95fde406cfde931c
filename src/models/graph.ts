import { AppError } from '../contract/errors.ts'
import type { Attributes, Op } from './ops.ts'
import { ops } from './ops.ts'

/** A shape without the batch: `[height, width, channels]` of a feature map, `[features]` of a vector. */
export type Shape = readonly number[]

/** One layer of a network, discriminated on `op`. */
export type GraphNode = {
  [K in Op]: {
    /** Unique in its graph; the name that the network's publisher gives to the layer. */
    readonly name: string
    readonly op: K
    /** Names of the nodes whose outputs it takes, in order. */
    readonly inputs: readonly string[]
    readonly attributes: Attributes[K]
    /** The group it is shown in: 'stem', 'block 0', … 'top', 'head'. */
    readonly block: string
  }
}[Op]

/** A network as data: no tensors, only nodes in topological order and the name of the one whose value is the result. */
export interface Graph {
  readonly name: string
  readonly nodes: readonly GraphNode[]
  readonly output: string
}

/** The block of nodes that `buildHead` makes. They are always trained, whatever a freeze plan says of the backbone. */
export const headBlock = 'head'

/**
 * Checks a graph and returns it: names are unique, inputs come before their consumers, each op has the number of inputs it takes,
 * there is one input node, and the output exists.
 *
 * @throws AppError 'internal'
 */
export function defineGraph(graph: Graph): Graph {
  const problem = findProblem(graph)
  if (problem !== undefined) {
    throw new AppError('internal', `The network '${graph.name}' is not a valid graph: ${problem}.`, {
      graph: graph.name,
    })
  }
  return graph
}

function findProblem(graph: Graph): string | undefined {
  const seen = new Set<string>()
  let inputNodes = 0
  for (const node of graph.nodes) {
    if (seen.has(node.name)) return `two layers are named '${node.name}'`
    for (const input of node.inputs) {
      if (!seen.has(input)) return `'${node.name}' takes '${input}', which is not a layer before it`
    }
    const { minimum, maximum } = ops[node.op].inputs
    if (node.inputs.length < minimum || node.inputs.length > maximum) {
      return `'${node.name}' (${node.op}) has ${node.inputs.length} inputs; it takes ${minimum} to ${maximum}`
    }
    if (node.op === 'input') inputNodes += 1
    seen.add(node.name)
  }
  if (inputNodes !== 1) return `it has ${inputNodes} input layers; exactly one is expected`
  if (!seen.has(graph.output)) return `its output '${graph.output}' is not one of its layers`
  return undefined
}

/**
 * The node of that name.
 *
 * @throws AppError 'layer-not-found', which lists the layers there are
 */
export function nodeOf(graph: Graph, name: string): GraphNode {
  const node = graph.nodes.find((candidate) => candidate.name === name)
  if (node === undefined) throw unknownLayer(graph, name)
  return node
}

/** The error for a layer name that a graph does not have; it lists the valid names. */
export function unknownLayer(graph: Graph, name: string): Error {
  const layers = graph.nodes.map((node) => node.name)
  return new AppError(
    'layer-not-found',
    `'${name}' is not a layer of '${graph.name}'; choose one of: ${layers.join(', ')}.`,
    { layer: name, layers },
  )
}

/** The names of the nodes that take each node's value, in topological order. Every node has an entry. */
export function consumersOf(graph: Graph): Map<string, string[]> {
  const consumers = new Map<string, string[]>(graph.nodes.map((node) => [node.name, []]))
  for (const node of graph.nodes) {
    for (const input of new Set(node.inputs)) consumers.get(input)?.push(node.name)
  }
  return consumers
}

/** The node `name` and everything it depends on. */
export function ancestorsOf(graph: Graph, name: string): Set<string> {
  const byName = new Map(graph.nodes.map((node) => [node.name, node]))
  const found = new Set<string>()
  const open = [nodeOf(graph, name).name]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next)) continue
    found.add(next)
    open.push(...(byName.get(next)?.inputs ?? []))
  }
  return found
}

/**
 * The part of a graph that `output` depends on, with `output` as its result: for features at an inner layer.
 *
 * @throws AppError 'layer-not-found'
 */
export function truncateAt(graph: Graph, output: string): Graph {
  const kept = ancestorsOf(graph, output)
  return { name: graph.name, nodes: graph.nodes.filter((node) => kept.has(node.name)), output }
}
