import { asObject } from '../weights/tfjs-layers.ts'
import { damaged } from '../weights/weights-file.ts'
import { modelUnsupported } from './model-unsupported.ts'

/** What the file says of a layer. */
export type LayerConfig = Readonly<Record<string, unknown>>

/** One use of a layer: a step of the network. */
export interface LayerCall {
  /** The layer's own, but for a further use of a layer without parameters. */
  readonly name: string
  readonly className: string
  readonly config: LayerConfig
  /** Names of the calls whose values it takes. */
  readonly inputs: readonly string[]
}

/** A Keras model, models within it taken apart. */
export interface LayersModel {
  /** In an order in which inputs come before who takes them. */
  readonly calls: readonly LayerCall[]
  /** Names of calls. */
  readonly outputs: readonly string[]
}

const mostCalls = 10_000
/** Of layers whose tensors are found by their name, which must be theirs alone. */
const classesWithParameters: ReadonlySet<string> = new Set([
  'Conv2D',
  'DepthwiseConv2D',
  'SeparableConv2D',
  'BatchNormalization',
  'LayerNormalization',
  'Dense',
])

/**
 * Reads a topology as Keras and TensorFlow.js write it: Sequential or Functional, with such models within it.
 *
 * @throws AppError 'weights-invalid' where it contradicts itself, 'model-unsupported' where it is another kind of model
 */
export function readLayersModel(topology: unknown): LayersModel {
  const object = asObject(topology, 'modelTopology')
  const model = 'model_config' in object ? asObject(object.model_config, 'model_config') : object
  const calls = createCalls()
  return { outputs: expand(describeLayer(model), null, calls), calls: calls.all }
}

interface Calls {
  readonly all: LayerCall[]
  /** @returns the call's name */
  add(layer: Layer, inputs: readonly string[]): string
}

function createCalls(): Calls {
  const all: LayerCall[] = []
  const names = new Set<string>()
  return {
    all,
    add({ name, className, config }, inputs) {
      if (all.length >= mostCalls)
        throw modelUnsupported(`It has more than ${mostCalls} layers.`, { maximum: mostCalls })
      let unique = name
      if (names.has(name) && classesWithParameters.has(className)) {
        throw modelUnsupported(
          `Each of its layers with weights should be used once and have a name of its own; the layer '${name}' (${className}) is there more than once.`,
          { layer: name },
        )
      }
      for (let use = 1; names.has(unique); use += 1) unique = `${name}_use_${use}`
      names.add(unique)
      all.push({ name: unique, className, config, inputs })
      return unique
    },
  }
}

interface Layer {
  readonly name: string
  readonly className: string
  readonly config: LayerConfig
  readonly inboundNodes: readonly unknown[]
}

function describeLayer(value: unknown): Layer {
  const { class_name: className, config, name, inbound_nodes: inbound } = asObject(value, 'a layer')
  if (typeof className !== 'string') throw damagedModel("a layer should have a 'class_name'")
  // Old files have a Sequential's layers in place of its configuration.
  const settings = Array.isArray(config) ? { layers: config as unknown } : asObject(config, className)
  const ownName = typeof settings.name === 'string' ? settings.name : name
  return {
    name: typeof ownName === 'string' && ownName !== '' ? ownName : className.toLowerCase(),
    className,
    config: settings,
    inboundNodes: Array.isArray(inbound) ? (inbound as unknown[]) : [],
  }
}

function isModel({ className }: Layer): boolean {
  return className === 'Sequential' || className === 'Functional' || className === 'Model'
}

function layersOf({ name, config }: Layer): Layer[] {
  if (!Array.isArray(config.layers)) throw damagedModel(`the model '${name}' should have 'layers'`)
  return (config.layers as unknown[]).map(describeLayer)
}

/**
 * Adds the calls of a model.
 *
 * @param given what it takes, where it is a layer of another
 * @returns the calls whose values it gives
 */
function expand(model: Layer, given: readonly string[] | null, calls: Calls): string[] {
  if (!isModel(model)) {
    throw modelUnsupported(`A Sequential or Functional model is expected; this is a ${model.className}.`, {
      className: model.className,
    })
  }
  return model.className === 'Sequential'
    ? expandSequential(model, given, calls)
    : expandFunctional(model, given, calls)
}

function expandSequential(model: Layer, given: readonly string[] | null, calls: Calls): string[] {
  if (given !== null && given.length !== 1) throw oneInput(model, given.length)
  let last = given?.[0]
  for (const layer of layersOf(model)) {
    if (layer.className === 'InputLayer') {
      last ??= calls.add(layer, [])
    } else if (isModel(layer)) {
      const outputs = expand(layer, last === undefined ? null : [last], calls)
      if (outputs[0] === undefined || outputs.length > 1) {
        throw modelUnsupported(
          `The model '${layer.name}' within it should give one value, and gives ${outputs.length}.`,
        )
      }
      last = outputs[0]
    } else {
      last ??= calls.add(inputBefore(layer, model), [])
      last = calls.add(layer, [last])
    }
  }
  if (last === undefined) throw damagedModel(`the model '${model.name}' should have layers`)
  return [last]
}

/** The first layer of a Sequential tells the shape of what it takes. */
function inputBefore({ name, config }: Layer, model: Layer): Layer {
  const shape = config.batch_input_shape ?? config.batch_shape ?? model.config.build_input_shape
  return {
    name: `${name}_input`,
    className: 'InputLayer',
    config: { batch_input_shape: shape },
    inboundNodes: [],
  }
}

/** A topology that contradicts itself. */
function damagedModel(problem: string): Error {
  return damaged('TensorFlow.js', problem)
}

/** A value: the layer, which of its uses, and which of that use's values. */
type Reference = readonly [layer: string, use: number, value: number]

function expandFunctional(model: Layer, given: readonly string[] | null, calls: Calls): string[] {
  const inputs = references(model.config.input_layers, model.name)
  if (given !== null && given.length !== inputs.length) throw oneInput(model, given.length)
  const values = new Map<string, string>()
  const keyOf = ([layer, use, value]: Reference): string => JSON.stringify([layer, use, value])
  let waiting: { layer: Layer; use: number; takes: Reference[] }[] = []
  for (const layer of layersOf(model)) {
    if (layer.className === 'InputLayer') {
      const place = inputs.findIndex(([name]) => name === layer.name)
      const bound = given === null ? undefined : given[place]
      values.set(keyOf([layer.name, 0, 0]), bound ?? calls.add(layer, []))
      continue
    }
    layer.inboundNodes.forEach((node, use) => {
      waiting.push({ layer, use, takes: inboundReferences(node, layer.name) })
    })
  }
  while (waiting.length > 0) {
    const later: typeof waiting = []
    for (const step of waiting) {
      const taken = step.takes.map((reference) => values.get(keyOf(reference)))
      if (!taken.every((name) => name !== undefined)) {
        later.push(step)
        continue
      }
      const outputs = isModel(step.layer) ? expand(step.layer, taken, calls) : [calls.add(step.layer, taken)]
      outputs.forEach((name, index) => values.set(keyOf([step.layer.name, step.use, index]), name))
    }
    if (later.length === waiting.length) {
      throw damagedModel(
        `the layer '${later[0]?.layer.name}' should take the values of layers that are there`,
      )
    }
    waiting = later
  }
  return references(model.config.output_layers, model.name).map((reference) => {
    const name = values.get(keyOf(reference))
    if (name === undefined) throw damagedModel(`the model '${model.name}' has no layer '${reference[0]}'`)
    return name
  })
}

function oneInput({ name }: Layer, count: number): Error {
  return modelUnsupported(
    `The model '${name}' within it is given ${count} values, which is not what it takes.`,
  )
}

/** `[["layer", 0, 0], …]`, or one without the outer brackets. */
function references(value: unknown, model: string): Reference[] {
  if (!Array.isArray(value)) throw damagedModel(`the model '${model}' should name its inputs and outputs`)
  const list = (typeof value[0] === 'string' ? [value] : value) as unknown[]
  return list.map((item) => asReference(item, model))
}

function asReference(value: unknown, owner: string): Reference {
  const [layer, use = 0, index = 0] = Array.isArray(value) ? (value as unknown[]) : []
  if (typeof layer !== 'string' || !Number.isSafeInteger(use) || !Number.isSafeInteger(index)) {
    throw damagedModel(`what '${owner}' takes and gives should be layers by name and number`)
  }
  return [layer, use as number, index as number]
}

/** Of Keras 2 lists of references; of Keras 3 the call's arguments. */
function inboundReferences(node: unknown, layer: string): Reference[] {
  if (Array.isArray(node)) return references(node, layer)
  const found: Reference[] = []
  const collect = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    const { class_name: className, config } = value as Record<string, unknown>
    if (className === '__keras_tensor__') {
      found.push(asReference(asObject(config, layer).keras_history, layer))
    } else {
      for (const part of Object.values(value)) collect(part)
    }
  }
  collect(asObject(node, layer).args)
  return found
}
