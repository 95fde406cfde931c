import { foldBatchNorm, type FoldedGraph } from './fold-batch-norm.ts'
import type { Graph } from './graph.ts'

/** A graph as it is used and not trained, even where its gradients are taken: normalizations folded, dropout passing all on. */
export function inferenceGraph(graph: Graph): FoldedGraph {
  return foldBatchNorm({
    ...graph,
    nodes: graph.nodes.map((node) => (node.op === 'dropout' ? { ...node, attributes: { rate: 0 } } : node)),
  })
}
