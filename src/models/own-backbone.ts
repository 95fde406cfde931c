import { AppError } from '../contract/errors.ts'
import type { OwnBackbone } from '../contract/own-backbone.ts'
import type { Backbone } from './backbone.ts'
import { defineGraph, type Graph, type GraphNode } from './graph.ts'

/** The family of every backbone that a person added. */
export const ownFamily = 'Own models'

/**
 * A person's own model as a backbone. Its weights come under Keras's convention, in files with the layer names of its own.
 *
 * @throws AppError 'internal' where its graph is not valid
 */
export function ownBackboneOf(own: OwnBackbone): Backbone {
  const { id, inputSize, fixedSize, preprocessing, foreignParameters, leftOut } = own
  const graph: Graph = defineGraph(own.graph)
  return {
    meta: {
      id,
      family: ownFamily,
      inputSize,
      preprocessing,
      featureLayer: graph.output,
      licence: 'unknown',
      paper: '',
      weights: [],
    },
    build(size = inputSize) {
      if (fixedSize && size !== inputSize) {
        throw new AppError(
          'plan-invalid',
          `Your model ${id} takes images of ${inputSize}x${inputSize} only; ${size}x${size} was asked for. Use ${inputSize}.`,
          { setting: 'inputSize', expected: inputSize, received: size },
        )
      }
      return { ...graph, nodes: graph.nodes.map((node) => withSize(node, size)) }
    },
    foreignNames: { keras: (node) => node },
    foreignParameters: {
      keras: (parameter) =>
        Object.hasOwn(foreignParameters, parameter) ? foreignParameters[parameter] : undefined,
    },
    trainingOnly: { keras: namesOfLayers(leftOut) },
    own,
  }
}

function withSize(node: GraphNode, size: number): GraphNode {
  if (node.op !== 'input') return node
  const [, , channels = 3] = node.attributes.shape
  return { ...node, attributes: { shape: [size, size, channels] } }
}

/** Matches the tensors of these layers. */
function namesOfLayers(layers: readonly string[]): RegExp {
  const names = layers.map((name) => name.replace(/[^\w]/g, '\\$&'))
  return new RegExp(`^(?:${names.join('|')})/`)
}
