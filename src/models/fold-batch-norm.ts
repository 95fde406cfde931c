import { AppError } from '../contract/errors.ts'
import type { Graph, GraphNode } from './graph.ts'
import { consumersOf } from './graph.ts'

/** A graph without the batch normalizations that could be folded, and the way to its parameters. */
export interface FoldedGraph {
  readonly graph: Graph
  /**
   * Parameters of `graph` from those of the original, both named `<node>/<role>`. Tensors that do not change are passed on, not copied.
   *
   * @throws AppError 'weights-invalid' where a tensor is missing or has the wrong length
   */
  readonly foldTensors: (tensors: ReadonlyMap<string, Float32Array>) => Map<string, Float32Array>
}

type Convolution = Extract<GraphNode, { op: 'conv2d' | 'depthwiseConv2d' | 'dense' }>
type Normalization = Extract<GraphNode, { op: 'batchNormalization' }>

/**
 * Folds batch normalizations in inference mode into the convolution before them: y = (w * x + b - mean) * gamma / sqrt(variance + epsilon)
 * + beta is a convolution with other weights. The new layer takes the name of the normalization, whose value it gives, so later
 * layers, cuts and outputs stay valid; the convolution's own name goes, as its value no longer exists. A convolution that others
 * use too, or whose value is the output, stays as it is.
 *
 * Only for parts that are not trained.
 */
export function foldBatchNorm(graph: Graph): FoldedGraph {
  const consumers = consumersOf(graph)
  const byName = new Map(graph.nodes.map((node) => [node.name, node]))
  const folds = new Map<string, { convolution: Convolution; normalization: Normalization }>()
  for (const node of graph.nodes) {
    if (node.op !== 'batchNormalization') continue
    const convolution = byName.get(node.inputs[0] ?? '')
    if (convolution === undefined || !isConvolution(convolution)) continue
    if (convolution.name === graph.output || consumers.get(convolution.name)?.length !== 1) continue
    folds.set(node.name, { convolution, normalization: node })
  }
  const gone = new Set([...folds.values()].map(({ convolution }) => convolution.name))
  const nodes = graph.nodes.flatMap((node): GraphNode[] => {
    const fold = folds.get(node.name)
    if (fold !== undefined) return [withBias(fold.convolution, node.name)]
    return gone.has(node.name) ? [] : [node]
  })

  const foldTensors = (tensors: ReadonlyMap<string, Float32Array>): Map<string, Float32Array> => {
    const consumed = new Set([...gone, ...folds.keys()])
    const folded = new Map<string, Float32Array>()
    for (const [name, data] of tensors) {
      if (!consumed.has(name.slice(0, name.lastIndexOf('/')))) folded.set(name, data)
    }
    for (const { convolution, normalization } of folds.values()) {
      for (const [role, data] of foldPair(convolution, normalization, tensors)) {
        folded.set(`${normalization.name}/${role}`, data)
      }
    }
    return folded
  }
  return { graph: { name: graph.name, nodes, output: graph.output }, foldTensors }
}

function isConvolution(node: GraphNode): node is Convolution {
  return node.op === 'conv2d' || node.op === 'depthwiseConv2d' || node.op === 'dense'
}

function withBias(node: Convolution, name: string): GraphNode {
  // One branch for each op keeps the union discriminated.
  switch (node.op) {
    case 'conv2d':
      return { ...node, name, attributes: { ...node.attributes, useBias: true } }
    case 'depthwiseConv2d':
      return { ...node, name, attributes: { ...node.attributes, useBias: true } }
    case 'dense':
      return { ...node, name, attributes: { ...node.attributes, useBias: true } }
  }
}

function foldPair(
  convolution: Convolution,
  normalization: Normalization,
  tensors: ReadonlyMap<string, Float32Array>,
): [string, Float32Array][] {
  const gamma = tensorOf(tensors, `${normalization.name}/gamma`)
  const channels = gamma.length
  const beta = tensorOf(tensors, `${normalization.name}/beta`, channels)
  const mean = tensorOf(tensors, `${normalization.name}/movingMean`, channels)
  const variance = tensorOf(tensors, `${normalization.name}/movingVariance`, channels)
  const bias = convolution.attributes.useBias
    ? tensorOf(tensors, `${convolution.name}/bias`, channels)
    : new Float32Array(channels)
  const role = convolution.op === 'depthwiseConv2d' ? 'depthwiseKernel' : 'kernel'
  const kernel = tensorOf(tensors, `${convolution.name}/${role}`)

  // In 64 bits, rounded once: folding costs no more than the rounding of the result.
  const scale = Array.from(gamma, (value, channel) => {
    return value / Math.sqrt((variance[channel] ?? 0) + normalization.attributes.epsilon)
  })
  // In all three layouts the output channel varies fastest: [.., in, out] and [.., in, multiplier], whose last two are the output.
  const foldedKernel = kernel.map((value, index) => value * (scale[index % channels] ?? 0))
  const foldedBias = beta.map(
    (value, channel) => value + ((bias[channel] ?? 0) - (mean[channel] ?? 0)) * (scale[channel] ?? 0),
  )
  return [
    [role, foldedKernel],
    ['bias', foldedBias],
  ]
}

function tensorOf(tensors: ReadonlyMap<string, Float32Array>, name: string, length?: number): Float32Array {
  const data = tensors.get(name)
  if (data === undefined || (length !== undefined && data.length !== length)) {
    throw new AppError(
      'weights-invalid',
      `The weights should hold '${name}'${length === undefined ? '' : ` with ${length} values`}; ` +
        `${data === undefined ? 'it is missing' : `it has ${data.length}`}. Install the weights again.`,
      { tensor: name },
    )
  }
  return data
}
