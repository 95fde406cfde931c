import { AppError } from '../../contract/errors.ts'
import type { OwnBackbone, PreprocessingName } from '../../contract/own-backbone.ts'
import { ownBackboneSchema } from '../../contract/own-backbone.ts'
import type { Preprocessing } from '../../models/backbone.ts'
import { defineGraph, type GraphNode, type Shape } from '../../models/graph.ts'
import { ops, type Op, type OpDefinition } from '../../models/ops.ts'
import { preprocessingConventions } from '../../models/preprocessing-conventions.ts'
import { elementCount, parametersOf } from '../../models/shapes.ts'
import { assignBlocks } from './assign-blocks.ts'
import { findFeatures } from './find-features.ts'
import {
  convertLayer,
  knownLayerClasses,
  unknownKind,
  type LayerContext,
  type LayerValue,
} from './keras-layers.ts'
import { settingsOfLayer } from './layer-config.ts'
import { readLayersModel, type LayerCall } from './layers-model.ts'
import { modelUnsupported } from './model-unsupported.ts'

/** What a person decides of their model. */
export interface OwnBackboneChoices {
  readonly id: string
  /** Undefined: `tf`; `none` where the model begins with a Rescaling of its own. */
  readonly preprocessing?: PreprocessingName | undefined
  /** A layer of the model; undefined: what its classifier takes. */
  readonly featureLayer?: string | undefined
}

/** Taken where the model takes any size. */
const usualSize = 224
const smallestSize = 8
const largestSize = 1024
/** Values of one layer for one image: a gibibyte. */
const mostValues = 2 ** 28
const shownLayers = 3

/**
 * Makes a backbone of a Keras model's topology: its layers as a graph of nodes, without the classifier at its end.
 *
 * @param topology `modelTopology` of a TensorFlow.js layers model
 * @throws AppError 'weights-invalid' where it contradicts itself, 'model-unsupported' where it has what is not known here, 'layer-not-found'
 */
export function describeOwnBackbone(topology: unknown, choices: OwnBackboneChoices): OwnBackbone {
  const { features, calls, leftOut } = findFeatures(readLayersModel(topology), choices.featureLayer)
  refuseUnknown(calls)
  const input = onlyInput(calls)
  const { inputSize, fixedSize } = sizeOfInput(input)
  const rescaling = leadingRescaling(calls, input)
  const builder = createBuilder(calls.map(({ name }) => name))
  const start = builder.addOwn('input', [], { shape: [inputSize, inputSize, 3] }, input.name)
  const values = new Map<string, LayerValue>([[input.name, start]])
  for (const { name } of rescaling) values.set(name, start)
  for (const call of calls) {
    if (values.has(call.name)) continue
    const inputs = call.inputs.map((name) => values.get(name) as LayerValue)
    values.set(call.name, builder.convert(call, inputs))
  }
  const output = values.get(features)?.name ?? ''
  const graph = assignBlocks(defineGraph({ name: choices.id, nodes: builder.nodes, output }))
  if (parametersOf(graph).length === 0) {
    throw modelUnsupported(
      `No layer with weights is below its features, the value of '${features}', so there is nothing to transfer. Name a later layer (--feature-layer NAME).`,
      { layer: features },
    )
  }
  const chosen = choices.preprocessing ?? (rescaling.length > 0 ? 'none' : 'tf')
  return checked({
    id: choices.id,
    inputSize,
    fixedSize,
    preprocessing: rescaling.reduce(rescaled, preprocessingConventions[chosen]),
    graph,
    foreignParameters: Object.fromEntries(builder.places),
    leftOut,
  })
}

function checked(own: unknown): OwnBackbone {
  const parsed = ownBackboneSchema.safeParse(own)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw modelUnsupported(`It has what no network has: ${issue?.path.join('.')}: ${issue?.message}.`)
}

function refuseUnknown(calls: readonly LayerCall[]): void {
  const unknown = new Map<string, string[]>()
  for (const call of calls) {
    if (call.className === 'InputLayer' || call.className === 'Rescaling') continue
    const kind = unknownKind(call)
    if (kind !== null) unknown.set(kind, [...(unknown.get(kind) ?? []), call.name])
  }
  if (unknown.size === 0) return
  const known = knownLayerClasses()
  const parts = [...unknown].map(([kind, layers]) => {
    const more = layers.length > shownLayers ? ` and ${layers.length - shownLayers} more` : ''
    return `${kind} (${layers.slice(0, shownLayers).join(', ')}${more})`
  })
  throw modelUnsupported(
    `Layers of these kinds are not known here: ${parts.join('; ')}. Known are ${known.join(', ')}. Choose a feature layer before them (--feature-layer NAME), or another model.`,
    { unknown: [...unknown.keys()], layers: [...unknown.values()].flat(), known },
  )
}

function onlyInput(calls: readonly LayerCall[]): LayerCall {
  const [input, ...others] = calls.filter(({ className }) => className === 'InputLayer')
  if (input === undefined || others.length > 0) {
    throw modelUnsupported(
      `It should take one image, and takes ${input === undefined ? 'none' : `${others.length + 1} values (${[input, ...others].map(({ name }) => name).join(', ')})`}.`,
    )
  }
  return input
}

function sizeOfInput({ name, config }: LayerCall): { inputSize: number; fixedSize: boolean } {
  const shape = config.batch_input_shape ?? config.batch_shape
  const sizes = Array.isArray(shape) ? (shape as unknown[]) : []
  const [, height, width, channels] = sizes
  const isSize = (size: unknown): size is number | null =>
    size === null ||
    (Number.isSafeInteger(size) && (size as number) >= smallestSize && (size as number) <= largestSize)
  const given = [...new Set([height, width].filter((size) => size !== null))]
  if (sizes.length !== 4 || channels !== 3 || !isSize(height) || !isSize(width) || given.length > 1) {
    throw modelUnsupported(
      `It should take square images in colour, [any number, height, width, 3], of ${smallestSize} to ${largestSize} pixels or of any size; its input '${name}' is ${JSON.stringify(shape)?.slice(0, 80) ?? 'of no known shape'}.`,
      { layer: name },
    )
  }
  const [size] = given
  return { inputSize: (size as number | undefined) ?? usualSize, fixedSize: size !== undefined }
}

/** The rescalings that stand between the image and all else, which become a part of how images are prepared. */
function leadingRescaling(calls: readonly LayerCall[], input: LayerCall): LayerCall[] {
  const leading: LayerCall[] = []
  let last = input.name
  for (;;) {
    const readers = calls.filter(({ inputs }) => inputs.includes(last))
    const [reader] = readers
    if (reader?.className !== 'Rescaling' || readers.length > 1) break
    leading.push(reader)
    last = reader.name
  }
  const other = calls.find((call) => call.className === 'Rescaling' && !leading.includes(call))
  if (other !== undefined) {
    throw modelUnsupported(
      `A Rescaling is known only between the image and all other layers; the layer '${other.name}' is elsewhere. Choose a feature layer before it (--feature-layer NAME), or another model.`,
      { layer: other.name },
    )
  }
  return leading
}

/** With x * scale + offset after it. */
function rescaled(preprocessing: Preprocessing, { name, config }: LayerCall): Preprocessing {
  const threeOf = (value: unknown, fallback: number): readonly unknown[] =>
    Array.isArray(value) && value.length === 3 ? value : [value, value, value].map((one) => one ?? fallback)
  const [scale, offset] = [threeOf(config.scale, 1), threeOf(config.offset, 0)]
  if (!areNumbers(scale) || !areNumbers(offset) || scale.includes(0)) {
    throw modelUnsupported(
      `The layer '${name}' (Rescaling) should have finite numbers, and a scale other than 0.`,
      {
        layer: name,
      },
    )
  }
  const { mean, standardDeviation } = preprocessing
  const each = (of: (channel: 0 | 1 | 2) => number): [number, number, number] => [of(0), of(1), of(2)]
  return {
    ...preprocessing,
    mean: each((c) => mean[c] - ((offset[c] as number) * standardDeviation[c]) / (scale[c] as number)),
    standardDeviation: each((c) => standardDeviation[c] / (scale[c] as number)),
  }
}

function areNumbers(values: readonly unknown[]): values is readonly number[] {
  return values.every((value) => Number.isFinite(value))
}

interface Builder {
  readonly nodes: GraphNode[]
  readonly places: Map<string, OwnBackbone['foreignParameters'][string]>
  /** Adds the node that has the name of its layer. */
  readonly addOwn: (op: Op, inputs: readonly LayerValue[], attributes: object, layer: string) => LayerValue
  readonly convert: (call: LayerCall, inputs: readonly LayerValue[]) => LayerValue
}

/** @param layers whose names no other node gets, as files have their tensors by them */
function createBuilder(layers: readonly string[]): Builder {
  const nodes: GraphNode[] = []
  const names = new Set(layers)
  const places: Builder['places'] = new Map()
  const addFurther: Builder['addOwn'] = (op, inputs, attributes, name) => {
    let unique = name
    for (let number = 2; names.has(unique); number += 1) unique = `${name}_${number}`
    names.add(unique)
    return addOwn(op, inputs, attributes, unique)
  }
  const addOwn: Builder['addOwn'] = (op, inputs, attributes, name) => {
    const { inferShape, inputs: taken } = ops[op] as unknown as OpDefinition<Op>
    if (inputs.length < taken.minimum || inputs.length > taken.maximum) {
      throw modelUnsupported(
        `The layer '${name}' should take ${taken.minimum} values${taken.maximum > taken.minimum ? ' or more' : ''}, and takes ${inputs.length}.`,
        { layer: name },
      )
    }
    const shape: Shape = inferShape(
      inputs.map((input) => input.shape),
      attributes as GraphNode['attributes'],
    )
    const count = elementCount(shape)
    if (!Number.isSafeInteger(count) || count > mostValues) {
      throw modelUnsupported(
        `A layer should give at most ${mostValues} values for an image; '${name}' gives [${shape.join(', ')}].`,
        { layer: name },
      )
    }
    nodes.push({ name, op, inputs: inputs.map((input) => input.name), attributes, block: '' } as GraphNode)
    return { name, shape }
  }
  return {
    nodes,
    places,
    addOwn,
    convert(call, inputs) {
      const { name } = call
      const context: LayerContext = {
        name,
        inputs,
        settings: settingsOfLayer(call),
        add: (op, from, attributes, node) =>
          node === undefined ? addOwn(op, from, attributes, name) : addFurther(op, from, attributes, node),
        place: (parameter, where) => void places.set(parameter, where),
      }
      try {
        return convertLayer(call, context)
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'plan-invalid') throw error
        throw modelUnsupported(`At its layer '${name}' (${call.className}): ${error.message}`, {
          layer: name,
        })
      }
    },
  }
}
