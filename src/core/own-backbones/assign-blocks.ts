import { consumersOf, type Graph, type GraphNode } from '../../models/graph.ts'

/** What the layers with kernels of the block so far are. */
interface Begun {
  last: GraphNode | undefined
  hasDepthwise: boolean
}

/**
 * Puts the layers of a graph into blocks, which the interface shows and rates decay over: 'input', then 'block 1', 'block 2' and so on. A block
 * begins with a convolution or dense layer where all that follows depends on one value only, so that a residual block stays whole. The
 * parts of a separable convolution, and of an inverted bottleneck, are one block.
 */
export function assignBlocks(graph: Graph): Graph {
  const consumers = consumersOf(graph)
  const byName = new Map(graph.nodes.map((node) => [node.name, node]))
  const unread = new Map([...consumers].map(([name, readers]) => [name, readers.length]))
  const live = new Set<string>()
  const begun: Begun = { last: undefined, hasDepthwise: false }
  let number = 0
  const nodes = graph.nodes.map((node): GraphNode => {
    // Padding belongs to the layer that it pads for.
    const [reader] = consumers.get(node.name) ?? []
    const meant = node.op === 'zeroPadding2d' && reader !== undefined ? byName.get(reader) : node
    if (
      live.size === 1 &&
      meant !== undefined &&
      hasKernel(meant) &&
      (number === 0 || begins(meant, begun))
    ) {
      number += 1
      begun.last = undefined
      begun.hasDepthwise = false
    }
    if (hasKernel(node)) {
      begun.last = node
      begun.hasDepthwise ||= node.op === 'depthwiseConv2d'
    }
    for (const input of new Set(node.inputs)) {
      const left = (unread.get(input) ?? 0) - 1
      unread.set(input, left)
      if (left === 0) live.delete(input)
    }
    live.add(node.name)
    return { ...node, block: number === 0 ? 'input' : `block ${number}` }
  })
  return { ...graph, nodes }
}

function hasKernel({ op }: GraphNode): boolean {
  return op === 'conv2d' || op === 'depthwiseConv2d' || op === 'dense'
}

/** Whether a layer with a kernel begins another block. */
function begins(node: GraphNode, { last, hasDepthwise }: Begun): boolean {
  // The block has just begun, with the padding of this layer.
  if (last === undefined) return false
  if (node.op === 'depthwiseConv2d') return hasDepthwise || !isPointwise(last)
  return !(isPointwise(node) && last.op === 'depthwiseConv2d')
}

function isPointwise(node: GraphNode): boolean {
  return node.op === 'conv2d' && node.attributes.kernelSize.every((size) => size === 1)
}
