import type { OwnBackbone } from '../../contract/own-backbone.ts'
import type { Shape } from '../../models/graph.ts'
import type { Attributes, Op } from '../../models/ops.ts'
import { elementCount } from '../../models/shapes.ts'
import { settingsOfLayer, type LayerSettings } from './layer-config.ts'
import type { LayerCall } from './layers-model.ts'
import { modelUnsupported } from './model-unsupported.ts'

/** A value of the network. */
export interface LayerValue {
  /** Of the node. */
  readonly name: string
  /** Without the batch. */
  readonly shape: Shape
}

/** What a layer is turned into nodes with. */
export interface LayerContext {
  readonly name: string
  readonly settings: LayerSettings
  readonly inputs: readonly LayerValue[]
  /** Adds a node, of the layer's name where none is given. @returns its value */
  readonly add: <K extends Op>(
    op: K,
    inputs: readonly LayerValue[],
    attributes: Attributes[K],
    name?: string,
  ) => LayerValue
  /** Says where the file has a parameter `<node>/<role>`, or which value it has where the file has none. */
  readonly place: (parameter: string, where: OwnBackbone['foreignParameters'][string]) => void
}

type Convert = (context: LayerContext) => LayerValue

type PlainActivation = 'relu' | 'relu6' | 'sigmoid' | 'tanh' | 'swish' | 'gelu'

/** Activations by Keras's names; null: none. Keras 2's and TensorFlow.js's hard_sigmoid is not Keras 3's, so it is not among them. */
const activations: ReadonlyMap<string, PlainActivation | null> = new Map<string, PlainActivation | null>([
  ['linear', null],
  ['relu', 'relu'],
  ['relu6', 'relu6'],
  ['sigmoid', 'sigmoid'],
  ['tanh', 'tanh'],
  ['swish', 'swish'],
  ['silu', 'swish'],
  ['gelu', 'gelu'],
])

/** The activation that a layer's settings name, as a node; the value itself where there is none. */
function activate({ settings, add }: LayerContext, value: LayerValue, node?: string): LayerValue {
  const op = activations.get(settings.activation())
  return op ? add(op, [value], {}, node) : value
}

/** A layer's own activation, behind it. */
function activated(context: LayerContext, value: LayerValue): LayerValue {
  return activate(context, value, `${context.name}_${context.settings.activation()}`)
}

function only({ name, inputs }: LayerContext): LayerValue {
  const [input] = inputs
  if (input === undefined || inputs.length > 1) {
    throw modelUnsupported(`The layer '${name}' should take one value, and takes ${inputs.length}.`, {
      layer: name,
    })
  }
  return input
}

/** gamma and beta of a normalization that may have neither. */
function placeScaleAndCentre({ name, settings, place }: LayerContext): void {
  if (!settings.flag('scale', true)) place(`${name}/gamma`, { constant: 1 })
  if (!settings.flag('center', true)) place(`${name}/beta`, { constant: 0 })
}

const maxPooling: Convert = (context) =>
  context.add('maxPooling2d', [only(context)], context.settings.window('pooling'))

const averagePooling: Convert = (context) =>
  context.add('averagePooling2d', [only(context)], {
    ...context.settings.window('pooling'),
    countIncludePadding: false,
  })

const globalAveragePooling: Convert = (context) => {
  const { settings, add, name } = context
  settings.channelsLast()
  const input = only(context)
  if (!settings.flag('keepdims', false)) return add('globalAveragePooling2d', [input], {})
  const mean = add('globalAveragePooling2d', [input], {}, `${name}_mean`)
  return add('reshape', [mean], { shape: [1, 1, ...mean.shape] })
}

/** The layers of Keras that become nodes, by their class. */
const converters: ReadonlyMap<string, Convert> = new Map<string, Convert>([
  [
    'Conv2D',
    (context) => {
      const { settings, add, name } = context
      if (settings.count('groups', 1) > 1) {
        throw modelUnsupported(
          `The layer '${name}' (Conv2D) works on groups of channels, which is not known here.`,
          {
            layer: name,
          },
        )
      }
      const filters = settings.count('filters')
      const useBias = settings.flag('use_bias', true)
      return activated(
        context,
        add('conv2d', [only(context)], { ...settings.window('convolution'), filters, useBias }),
      )
    },
  ],
  [
    'DepthwiseConv2D',
    (context) => {
      const { settings, add } = context
      const depthMultiplier = settings.count('depth_multiplier', 1)
      const useBias = settings.flag('use_bias', true)
      return activated(
        context,
        add('depthwiseConv2d', [only(context)], {
          ...settings.window('convolution'),
          depthMultiplier,
          useBias,
        }),
      )
    },
  ],
  [
    'SeparableConv2D',
    (context) => {
      const { settings, add, place, name } = context
      const depthMultiplier = settings.count('depth_multiplier', 1)
      const filters = settings.count('filters')
      const useBias = settings.flag('use_bias', true)
      const window = settings.window('convolution')
      const depthwise = add(
        'depthwiseConv2d',
        [only(context)],
        { ...window, depthMultiplier, useBias: false },
        `${name}_depthwise`,
      )
      place(`${depthwise.name}/depthwiseKernel`, { layer: name, weight: 'depthwise_kernel' })
      place(`${name}/kernel`, { layer: name, weight: 'pointwise_kernel' })
      const pixel = { kernelSize: [1, 1], strides: [1, 1], padding: 'valid', dilation: [1, 1] } as const
      return activated(context, add('conv2d', [depthwise], { ...pixel, filters, useBias }))
    },
  ],
  [
    'BatchNormalization',
    (context) => {
      const { settings, add } = context
      const input = only(context)
      settings.channelAxis(input.shape.length)
      placeScaleAndCentre(context)
      const epsilon = settings.number('epsilon', 1e-3, { minimum: 0 })
      return add('batchNormalization', [input], { epsilon, momentum: settings.number('momentum', 0.99) })
    },
  ],
  [
    'LayerNormalization',
    (context) => {
      const { settings, add } = context
      const input = only(context)
      settings.channelAxis(input.shape.length)
      placeScaleAndCentre(context)
      return add('layerNormalization', [input], { epsilon: settings.number('epsilon', 1e-3, { minimum: 0 }) })
    },
  ],
  ['Activation', (context) => activate(context, only(context))],
  ['ReLU', rectifier],
  [
    'LeakyReLU',
    (context) => {
      // Keras 3 and 2 name it differently.
      const negativeSlope = context.settings.number('negative_slope', context.settings.number('alpha', 0.3))
      return context.add('leakyRelu', [only(context)], { negativeSlope })
    },
  ],
  [
    'ZeroPadding2D',
    (context) => {
      context.settings.channelsLast()
      return context.add('zeroPadding2d', [only(context)], { padding: context.settings.sides('padding') })
    },
  ],
  ['MaxPooling2D', maxPooling],
  ['MaxPool2D', maxPooling],
  ['AveragePooling2D', averagePooling],
  ['AvgPool2D', averagePooling],
  ['GlobalAveragePooling2D', globalAveragePooling],
  ['GlobalAvgPool2D', globalAveragePooling],
  ['Add', ({ add, inputs }) => add('add', inputs, {})],
  ['Multiply', ({ add, inputs }) => add('multiply', inputs, {})],
  [
    'Concatenate',
    ({ add, inputs, settings }) => {
      settings.channelAxis(inputs[0]?.shape.length ?? 0)
      return add('concatenate', inputs, {})
    },
  ],
  [
    'Flatten',
    (context) => {
      context.settings.channelsLast()
      return context.add('flatten', [only(context)], {})
    },
  ],
  [
    'Reshape',
    (context) => {
      const input = only(context)
      const wanted = context.settings.shape('target_shape')
      const known = elementCount(wanted.filter((size) => size !== -1))
      const shape = wanted.map((size) => (size === -1 ? Math.floor(elementCount(input.shape) / known) : size))
      return context.add('reshape', [input], { shape })
    },
  ],
  [
    'Dropout',
    (context) => {
      const rate = context.settings.number('rate', 0.5, { minimum: 0, maximum: 1 })
      return context.add('dropout', [only(context)], { rate })
    },
  ],
  [
    'Dense',
    (context) => {
      const { settings, add } = context
      const units = settings.count('units')
      const useBias = settings.flag('use_bias', true)
      const attributes = { units, useBias, kernelInitializer: 'glorotUniform' } as const
      return activated(context, add('dense', [only(context)], attributes))
    },
  ],
])

function rectifier(context: LayerContext): LayerValue {
  const { settings, add, name } = context
  const input = only(context)
  const maximum = settings.number('max_value', Infinity)
  const negativeSlope = settings.number('negative_slope', 0)
  if (settings.number('threshold', 0) === 0) {
    if (negativeSlope === 0 && maximum === Infinity) return add('relu', [input], {})
    if (negativeSlope === 0 && maximum === 6) return add('relu6', [input], {})
    if (maximum === Infinity) return add('leakyRelu', [input], { negativeSlope })
  }
  throw modelUnsupported(
    `The layer '${name}' (ReLU) should have no largest value or 6, and no threshold; it has others.`,
    { layer: name },
  )
}

/** What a layer is that has no counterpart here, for people: `LSTM`, `the activation selu`; null where it has one. */
export function unknownKind(call: LayerCall): string | null {
  if (!converters.has(call.className)) return call.className
  const activation = settingsOfLayer(call).activation()
  return activations.has(activation) ? null : `the activation ${activation}`
}

/** The classes that are known, for people. */
export function knownLayerClasses(): string[] {
  return ['InputLayer', ...converters.keys(), 'Rescaling']
}

/**
 * Turns a layer into nodes.
 *
 * @param call of a known kind
 * @returns its value
 * @throws AppError 'weights-invalid', 'model-unsupported', 'plan-invalid' where shapes do not fit
 */
export function convertLayer(call: LayerCall, context: LayerContext): LayerValue {
  const convert = converters.get(call.className)
  if (convert === undefined) throw new Error(`'${call.className}' is not a known layer.`)
  return convert(context)
}
