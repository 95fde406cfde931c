import { AppError } from '../../contract/errors.ts'
import type { Graph, GraphNode, Shape } from '../graph.ts'
import { defineGraph, headBlock, truncateAt } from '../graph.ts'
import { inferShapes } from '../shapes.ts'
import { parseHead } from './parse-head.ts'

/** The value a head starts from. */
export interface HeadInput {
  /** A node of the backbone. */
  readonly name: string
  /** `[features]`, or `[height, width, channels]` of a feature map, which is averaged unless the head begins with `flatten`. */
  readonly shape: Shape
}

/** The name of the last layer of every head, whose value is the logits `[batch, classes]`. */
export const logitsName = 'head.logits'

/**
 * The nodes of a head: its layers, then a dense layer with one logit for each class (no softmax: the loss takes logits).
 *
 * @param specification as for {@link parseHead}; empty: only the last layer
 * @throws AppError 'plan-invalid'
 */
export function buildHead(specification: string, input: HeadInput, classes: number): GraphNode[] {
  if (!Number.isInteger(classes) || classes < 2) {
    throw new AppError('plan-invalid', `A classifier needs 2 classes or more; it got ${classes}.`, {
      classes,
    })
  }
  const layers = parseHead(specification)
  const nodes: GraphNode[] = []
  let last = input.name
  const append = (node: GraphNode): void => {
    nodes.push(node)
    last = node.name
  }
  const common = (name: string) => ({ name: `head.${name}`, inputs: [last], block: headBlock })
  if (input.shape.length > 1 && layers[0]?.kind !== 'flatten') {
    append({ ...common('pool'), op: 'globalAveragePooling2d', attributes: {} })
  }
  layers.forEach((layer, index) => {
    const number = index + 1
    switch (layer.kind) {
      case 'flatten':
        return append({ ...common('flatten'), op: 'flatten', attributes: {} })
      case 'dropout':
        return append({ ...common(`dropout_${number}`), op: 'dropout', attributes: { rate: layer.rate } })
      case 'dense': {
        append({ ...common(`dense_${number}`), op: 'dense', attributes: denseAttributes(layer.units) })
        if (layer.activation === 'linear') return
        return append({ ...common(`${layer.activation}_${number}`), op: layer.activation, attributes: {} })
      }
    }
  })
  append({
    name: logitsName,
    inputs: [last],
    block: headBlock,
    op: 'dense',
    attributes: denseAttributes(classes),
  })
  return nodes
}

function denseAttributes(units: number) {
  return { units, useBias: true, kernelInitializer: 'glorotUniform' } as const
}

/**
 * A classifier: the backbone up to `featureLayer`, and a head on it. Its value is the logits `[batch, classes]`.
 *
 * @throws AppError 'layer-not-found', 'plan-invalid'
 */
export function attachHead(
  backbone: Graph,
  featureLayer: string,
  specification: string,
  classes: number,
): Graph {
  const base = truncateAt(backbone, featureLayer)
  const shape = inferShapes(base).get(featureLayer) ?? []
  const head = buildHead(specification, { name: featureLayer, shape }, classes)
  return defineGraph({ name: backbone.name, nodes: [...base.nodes, ...head], output: logitsName })
}
