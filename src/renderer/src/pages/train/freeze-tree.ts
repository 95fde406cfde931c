import type { FreezePlan, TrainPlan } from '../../../../contract/train-plan.ts'
import { freezeBoundary, resolveTrainable } from '../../../../models/freeze.ts'
import type { FeatureCacheEntry } from '../../../../contract/requests/storage.ts'
import type { Graph } from '../../../../models/graph.ts'
import { elementCount, summarizeLayers } from '../../../../models/shapes.ts'
import { freezePlanOf, type TrainingMode } from '../../../../models/training/modes.ts'

/** A layer that has parameters, so that it can be frozen. */
export interface FreezeLayer {
  readonly name: string
  readonly op: string
  readonly outputShape: readonly number[]
  /** All its values; those that gradients may change are fewer with batch normalization. */
  readonly parameters: number
}

/** A block of the backbone with its layers, in the network's order. */
export interface FreezeBlock {
  readonly name: string
  readonly layers: readonly FreezeLayer[]
  readonly parameters: number
}

/** The blocks of a backbone that have layers with parameters. */
export function buildFreezeTree(backbone: Graph): FreezeBlock[] {
  const blocks = new Map<string, FreezeLayer[]>()
  for (const { node, outputShape, parameters } of summarizeLayers(backbone)) {
    if (parameters.length === 0) continue
    const layers = blocks.get(node.block) ?? []
    blocks.set(node.block, layers)
    layers.push({
      name: node.name,
      op: node.op,
      outputShape,
      parameters: parameters.reduce((sum, { shape }) => sum + elementCount(shape), 0),
    })
  }
  return [...blocks].map(([name, layers]) => ({
    name,
    layers,
    parameters: layers.reduce((sum, layer) => sum + layer.parameters, 0),
  }))
}

export type BlockState = 'frozen' | 'trainable' | 'mixed'

/** What the layers of a block are, taken together. */
export function blockState(block: FreezeBlock, trainable: ReadonlySet<string>): BlockState {
  const count = block.layers.filter(({ name }) => trainable.has(name)).length
  if (count === 0) return 'frozen'
  return count === block.layers.length ? 'trainable' : 'mixed'
}

/** A copy of `trainable` in which these layers are trainable, or frozen. */
export function withLayers(
  trainable: ReadonlySet<string>,
  layers: readonly string[],
  become: 'frozen' | 'trainable',
): Set<string> {
  const next = new Set(trainable)
  for (const name of layers) {
    if (become === 'trainable') next.add(name)
    else next.delete(name)
  }
  return next
}

/** A row of the tree: a block, or a layer of an open block. */
export interface TreeRow {
  readonly block: FreezeBlock
  readonly layer: FreezeLayer | null
}

/** The rows that are seen, in order. */
export function visibleRows(tree: readonly FreezeBlock[], open: ReadonlySet<string>): TreeRow[] {
  return tree.flatMap((block) => [
    { block, layer: null },
    ...(open.has(block.name) ? block.layers.map((layer) => ({ block, layer })) : []),
  ])
}

/** The layers that a row stands for. */
export function layersOf({ block, layer }: TreeRow): string[] {
  return layer === null ? block.layers.map(({ name }) => name) : [layer.name]
}

/** The layers of all rows between two, ends included, in either order. */
export function layersBetween(rows: readonly TreeRow[], from: number, to: number): string[] {
  return rows.slice(Math.min(from, to), Math.max(from, to) + 1).flatMap(layersOf)
}

/** Ready-made choices, from the least that is trained to the most. */
export const freezePresets = ['feature-extraction', 'last-block', 'fine-tune', 'full', 'scratch'] as const
export type FreezePreset = (typeof freezePresets)[number]

/** The part of a plan that says what is trained. */
export type FreezeChoice = Pick<TrainPlan, 'mode' | 'freeze'>

/** What a preset means for a backbone. */
export function choiceOfPreset(preset: FreezePreset, backbone: Graph): FreezeChoice {
  if (preset !== 'last-block') return { mode: preset }
  return { mode: 'fine-tune', freeze: freezeAllButLastBlock(backbone) }
}

/** `top` is one convolution: with the block below it, it is what is meant by the last block. */
function freezeAllButLastBlock(backbone: Graph): FreezePlan {
  const blocks = buildFreezeTree(backbone)
  const last = blocks.slice(-2)
  return { kind: 'layers', trainable: last.flatMap((block) => block.layers.map(({ name }) => name)) }
}

/** The layers of the backbone that a choice trains. */
export function trainableOfChoice(choice: FreezeChoice, backbone: Graph): Set<string> {
  return resolveTrainable(backbone, freezePlanOf(choice, backbone))
}

/**
 * The shortest way to say which layers are trained: by the mode alone where it means the same, so that a plan reads as it was meant.
 */
export function choiceOfTrainable(trainable: ReadonlySet<string>, backbone: Graph): FreezeChoice {
  const plain: TrainingMode[] = ['feature-extraction', 'full', 'fine-tune']
  for (const mode of plain) {
    if (sameSet(trainableOfChoice({ mode }, backbone), trainable)) return { mode }
  }
  const count = frozenFirst(trainable, backbone)
  if (trainable.size === trainableLayers(backbone).length - count)
    return { mode: 'fine-tune', freeze: { kind: 'first', count } }
  const order = backbone.nodes.map(({ name }) => name).filter((name) => trainable.has(name))
  return { mode: 'fine-tune', freeze: { kind: 'layers', trainable: order } }
}

/** The names of the layers that can be frozen, from the input on. */
export function trainableLayers(backbone: Graph): string[] {
  return buildFreezeTree(backbone).flatMap(({ layers }) => layers.map(({ name }) => name))
}

/** How many layers from the input on are frozen before the first that is trained. */
export function frozenFirst(trainable: ReadonlySet<string>, backbone: Graph): number {
  const layers = trainableLayers(backbone)
  const first = layers.findIndex((name) => trainable.has(name))
  return first < 0 ? layers.length : first
}

/** The preset that a choice is, or null where it was made by hand. */
export function presetOfChoice(choice: FreezeChoice, backbone: Graph): FreezePreset | null {
  if (choice.mode === 'scratch') return choice.freeze === undefined ? 'scratch' : null
  const trainable = trainableOfChoice(choice, backbone)
  const found = freezePresets.find(
    (preset) =>
      preset !== 'scratch' &&
      sameSet(trainableOfChoice(choiceOfPreset(preset, backbone), backbone), trainable),
  )
  return found ?? null
}

/**
 * The last block whose result is the same in every epoch, so that it is computed once and kept; null where nothing is.
 */
export function cachedUpTo(backbone: Graph, trainable: ReadonlySet<string>): string | null {
  const boundary = freezeBoundary(backbone, trainable)
  const node = backbone.nodes.find(({ name }) => name === boundary)
  return node === undefined || node.op === 'input' ? null : node.block
}

/** Images whose results at a layer are in the feature cache, as they are or augmented. */
export interface CachedLayer {
  /** The layer at or before which the results were taken, among those that can be frozen. */
  readonly layer: string
  readonly block: string
  readonly images: number
  readonly isAugmented: boolean
}

/**
 * Where in the tree cached features lie: each at the last layer with parameters at or before its boundary, the most images of each only.
 *
 * @param features of this backbone
 * @param inputSize in pixels that the training would scale images to: features of other sizes are of no use to it
 */
export function cachedLayers(
  backbone: Graph,
  features: readonly Pick<FeatureCacheEntry, 'boundary' | 'inputSize' | 'augmentation' | 'records'>[],
  inputSize: number,
): CachedLayer[] {
  const places = new Map(backbone.nodes.map(({ name }, place) => [name, place]))
  const layers = trainableLayers(backbone)
  const best = new Map<string, CachedLayer>()
  for (const { boundary, inputSize: size, augmentation, records } of features) {
    const place = boundary === null ? undefined : places.get(boundary)
    if (place === undefined || size !== inputSize || records === 0) continue
    const layer = layers.findLast((name) => (places.get(name) ?? Infinity) <= place)
    // Below the first layer lie the decoded images themselves.
    if (layer === undefined) continue
    const block = backbone.nodes.find(({ name }) => name === layer)?.block ?? ''
    const isAugmented = augmentation !== null
    const key = `${layer} ${isAugmented}`
    if ((best.get(key)?.images ?? 0) < records) best.set(key, { layer, block, images: records, isAugmented })
  }
  return [...best.values()]
}

function sameSet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((item) => b.has(item))
}
