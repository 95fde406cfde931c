import type { Thawing } from '../../contract/recipes.ts'
import type { FreezePlan } from '../../contract/train-plan.ts'
import type { Graph } from '../graph.ts'
import { parametersOf } from '../shapes.ts'

/**
 * The freeze plan that leaves the last blocks of a backbone to be trained. Blocks without parameters do not count, and layers after the
 * last block proper ('top') count with it.
 *
 * @param thawing so many blocks, or the share of them, rounded up
 */
export function thawLast(backbone: Graph, thawing: Thawing): FreezePlan {
  const parameterised = new Set(parametersOf(backbone).map(({ node }) => node))
  const blocks = [
    ...new Set(backbone.nodes.filter(({ name }) => parameterised.has(name)).map(({ block }) => block)),
  ].filter((block) => block !== 'top')
  const count = 'blocks' in thawing ? thawing.blocks : Math.ceil(thawing.share * blocks.length - 1e-9)
  if (count >= blocks.length) return { kind: 'none' }
  const first = backbone.nodes.findIndex(({ block }) => block === blocks[blocks.length - count])
  const lastFrozen = backbone.nodes[first - 1]
  return lastFrozen === undefined ? { kind: 'none' } : { kind: 'until', layer: lastFrozen.name }
}
