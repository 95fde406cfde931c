import type { Graph, GraphNode, Shape } from './graph.ts'
import type { Attributes, Op, OpDefinition, OpParameter } from './ops.ts'
import { ops } from './ops.ts'

/** A parameter of a graph: where it belongs, and what it is. */
export interface ParameterSpec extends OpParameter {
  /** `<node>/<role>`, as in a canonical weights file. */
  readonly name: string
  readonly node: string
  readonly dtype: 'float32'
}

/** What one layer costs and gives, for tables and for estimates of memory and time. */
export interface LayerSummary {
  readonly node: GraphNode
  /** Without the batch. */
  readonly outputShape: Shape
  readonly parameters: readonly ParameterSpec[]
  /** For one example; a multiply-add counts as two. */
  readonly flops: number
}

/**
 * Describes every layer, in the graph's order.
 *
 * @param inputShape `[height, width, channels]` in place of the input node's own
 * @throws AppError 'plan-invalid', naming the layer
 */
export function summarizeLayers(graph: Graph, inputShape?: Shape): LayerSummary[] {
  const shapes = new Map<string, Shape>()
  return graph.nodes.map((node) => {
    const inputs = node.inputs.map((name) => shapes.get(name) ?? [])
    const definition: OpDefinition<Op> = ops[node.op] as unknown as OpDefinition<Op>
    const attributes: Attributes[Op] = node.attributes
    const outputShape =
      node.op === 'input' && inputShape !== undefined ? inputShape : inferNamed(node, inputs, definition)
    shapes.set(node.name, outputShape)
    const parameters = (definition.parameters?.(inputs, attributes) ?? []).map(
      (parameter): ParameterSpec => ({
        ...parameter,
        name: `${node.name}/${parameter.role}`,
        node: node.name,
        dtype: 'float32',
      }),
    )
    return { node, outputShape, parameters, flops: definition.flops(inputs, attributes, outputShape) }
  })
}

function inferNamed(node: GraphNode, inputs: readonly Shape[], definition: OpDefinition<Op>): Shape {
  try {
    return definition.inferShape(inputs, node.attributes)
  } catch (error) {
    if (error instanceof Error) error.message = `Layer '${node.name}': ${error.message}`
    throw error
  }
}

/**
 * The output shape of every node, without the batch.
 *
 * @param inputShape `[height, width, channels]` in place of the input node's own
 * @throws AppError 'plan-invalid', naming the layer
 */
export function inferShapes(graph: Graph, inputShape?: Shape): Map<string, Shape> {
  return new Map(summarizeLayers(graph, inputShape).map(({ node, outputShape }) => [node.name, outputShape]))
}

/** Every parameter in graph order: the order of canonical weight files and of a model's hash. */
export function parametersOf(graph: Graph): ParameterSpec[] {
  return summarizeLayers(graph).flatMap(({ parameters }) => [...parameters])
}

/** The number of values in a tensor of this shape. */
export function elementCount(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1)
}

/** Counts of values; `total` includes the moving statistics of batch normalization, which are never trainable (Keras's convention). */
export interface ParameterCount {
  readonly total: number
  readonly trainable: number
}

/** Counts parameters; `trainable` counts those of the nodes in `trainableNodes` that gradients may change. */
export function countParameters(graph: Graph, trainableNodes: ReadonlySet<string>): ParameterCount {
  let total = 0
  let trainable = 0
  for (const parameter of parametersOf(graph)) {
    const count = elementCount(parameter.shape)
    total += count
    if (parameter.trainable && trainableNodes.has(parameter.node)) trainable += count
  }
  return { total, trainable }
}

/** Floating-point operations of one forward pass of one example; a multiply-add counts as two. */
export function countFlops(graph: Graph, inputShape?: Shape): number {
  return summarizeLayers(graph, inputShape).reduce((sum, { flops }) => sum + flops, 0)
}
