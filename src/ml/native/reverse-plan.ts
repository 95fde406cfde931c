import type { Graph, GraphNode } from '../../models/graph.ts'
import { consumersOf } from '../../models/graph.ts'
import { ops } from '../../models/ops.ts'
import { fusingOps } from '../operations.ts'
import { needsOf } from './reverse-rules.ts'
import type { NormalizationActivation } from './normalization.ts'

/** A layer with what its kernel takes in: a sum with a shortcut (after a normalization), and an activation. */
export interface ReverseStep {
  readonly node: GraphNode
  /** The name of the value that is added, where one is. */
  readonly shortcut: string | undefined
  readonly activation: NormalizationActivation
  /** The name of the value that it gives. */
  readonly output: string
  /** Names of the values that it takes: the node's inputs, then the shortcut. */
  readonly inputs: readonly string[]
  /** For each of `inputs`, whether something below it is trained. */
  readonly wanted: readonly boolean[]
  /** Whether something in it or below it is trained, so that it has a gradient. */
  readonly isTrained: boolean
  /** Names of the values that its gradient reads. */
  readonly keeps: readonly string[]
}

/** How a graph is trained by hand: its steps, and how often each value is read in both passes. */
export interface ReversePlan {
  readonly steps: readonly ReverseStep[]
  readonly uses: ReadonlyMap<string, number>
}

/**
 * Plans both passes. Values between a normalization, the sum after it and the activation after that are never made, where nothing else
 * reads them.
 *
 * @param trainable nodes whose parameters are trained
 * @param watched a node whose value has a gradient and is made for itself, whatever is trained
 */
export function planReverse(graph: Graph, trainable: ReadonlySet<string>, watched?: string): ReversePlan {
  const trained = new Set<string>()
  const steps = fuse(graph, watched).map(({ node, shortcut, activation, output }): ReverseStep => {
    const inputs = shortcut === undefined ? node.inputs : [...node.inputs, shortcut]
    const wanted = inputs.map((name) => trained.has(name))
    const isTrained =
      wanted.includes(true) || (trainable.has(node.name) && ops[node.op].parameters !== undefined)
    if (isTrained || output === watched) trained.add(output)
    const needs = needsOf(node, activation)
    const keeps = isTrained ? [...(needs.inputs ? node.inputs : []), ...(needs.output ? [output] : [])] : []
    return { node, shortcut, activation, output, inputs, wanted, isTrained, keeps }
  })
  const uses = new Map<string, number>([[graph.output, 1]])
  for (const { inputs, keeps } of steps) {
    for (const name of [...inputs, ...keeps]) uses.set(name, (uses.get(name) ?? 0) + 1)
  }
  if (watched !== undefined) uses.set(watched, (uses.get(watched) ?? 0) + 1)
  return { steps, uses }
}

type Fused = Pick<ReverseStep, 'node' | 'shortcut' | 'activation' | 'output'>

function fuse(graph: Graph, watched: string | undefined): Fused[] {
  const consumers = consumersOf(graph)
  const byName = new Map(graph.nodes.map((node) => [node.name, node]))
  const onlyReader = (name: string): GraphNode | undefined => {
    const [reader, ...others] = consumers.get(name) ?? []
    const isOutside = name === graph.output || name === watched
    return reader === undefined || others.length > 0 || isOutside ? undefined : byName.get(reader)
  }
  const absorbed = new Set<string>()
  const passed = new Set<string>()
  return graph.nodes.flatMap((node): Fused[] => {
    passed.add(node.name)
    if (absorbed.has(node.name)) return []
    let output = node.name
    let shortcut: string | undefined
    let next = onlyReader(output)
    if (node.op === 'batchNormalization' && next?.op === 'add') {
      const others = next.inputs.filter((name) => name !== output)
      // Of the two branches of a sum, the later one takes it in: the other's value is there by then.
      if (next.inputs.length === 2 && others.length === 1 && passed.has(others[0] as string)) {
        shortcut = others[0]
        output = next.name
        absorbed.add(output)
        next = onlyReader(output)
      }
    }
    let activation: NormalizationActivation = 'linear'
    if (takesActivation.has(node.op) && (next?.op === 'relu' || next?.op === 'relu6')) {
      activation = next.op
      output = next.name
      absorbed.add(output)
    }
    return [{ node, shortcut, activation, output }]
  })
}

const takesActivation: ReadonlySet<GraphNode['op']> = new Set([...fusingOps, 'batchNormalization'])
