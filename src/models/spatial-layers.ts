import { AppError } from '../contract/errors.ts'
import type { Graph } from './graph.ts'
import { nodeOf } from './graph.ts'
import { summarizeLayers } from './shapes.ts'

/** A layer whose value is a map, `[height, width, channels]` of at least 2 x 2 positions. */
export interface SpatialLayer {
  readonly name: string
  readonly block: string
  readonly height: number
  readonly width: number
  readonly channels: number
}

/** The layers of a classifier that heat maps can be made of, in the graph's order; the image itself is none. */
export function spatialLayersOf(graph: Graph): SpatialLayer[] {
  return summarizeLayers(graph).flatMap(({ node, outputShape }): SpatialLayer[] => {
    const [height = 0, width = 0, channels = 0] = outputShape
    if (node.op === 'input' || outputShape.length !== 3 || height < 2 || width < 2) return []
    return [{ name: node.name, block: node.block, height, width, channels }]
  })
}

/**
 * The layer of that name; without a name, the last one before the pooling that the features come from, which is the one that Grad-CAM's
 * authors found to tell most.
 *
 * @throws AppError 'layer-not-found', 'layer-too-small' where its value is no map of at least 2 x 2 positions, both listing the layers whose values are
 */
export function findSpatialLayer(graph: Graph, name: string | null): SpatialLayer {
  const layers = spatialLayersOf(graph)
  if (name !== null) {
    const named = layers.find((layer) => layer.name === name)
    if (named !== undefined) return named
    nodeOf(graph, name)
  }
  const last = layers.at(-1)
  if (name !== null || last === undefined) {
    const names = layers.map((layer) => layer.name)
    throw new AppError(
      'layer-too-small',
      `A heat map needs a layer of at least 2 x 2 positions; ${name === null ? `'${graph.name}' has none for images of this size` : `'${name}' has fewer`}. ` +
        (names.length > 0 ? `Choose one of: ${names.join(', ')}.` : 'Train with a larger input size.'),
      { layer: name, layers: names },
    )
  }
  const node = nodeOf(graph, last.name)
  const before = layers.find((layer) => layer.name === node.inputs[0])
  return pooling.has(node.op) && before !== undefined ? before : last
}

const pooling: ReadonlySet<string> = new Set(['maxPooling2d', 'averagePooling2d'])
