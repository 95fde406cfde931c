import { describe, expect, it } from 'vitest'
import { describeOwnBackbone } from '../../../src/core/own-backbones/describe-own-backbone.ts'
import { refuseCode } from '../../../src/core/weights/keras-config.ts'
import { preprocessingConventions } from '../../../src/models/preprocessing-conventions.ts'
import { convolution, functional, input, layer, sequential } from './topologies.ts'

const own = (topology: object, choices: { preprocessing?: 'tf' | 'none'; featureLayer?: string } = {}) =>
  describeOwnBackbone(topology, { id: 'mine', ...choices })
const refusal = (
  topology: object,
  choices?: Parameters<typeof own>[1],
): { code?: string; message?: string } => {
  try {
    own(topology, choices)
  } catch (error) {
    return error as { code: string; message: string }
  }
  return {}
}
const namesOf = (topology: object, choices?: Parameters<typeof own>[1]) =>
  own(topology, choices).graph.nodes.map(({ name }) => name)

describe('the graph of a model', () => {
  it('has the layers of the file by their names, and the activations within them', () => {
    const model = functional(
      [input(), convolution('a', 'image', { activation: 'relu' }), convolution('b', 'a')],
      'b',
    )
    expect(own(model).graph).toMatchObject({
      name: 'mine',
      output: 'b',
      nodes: [
        { name: 'image', op: 'input', block: 'input' },
        { name: 'a', op: 'conv2d', inputs: ['image'], block: 'block 1' },
        { name: 'a_relu', op: 'relu', inputs: ['a'], block: 'block 1' },
        { name: 'b', op: 'conv2d', inputs: ['a_relu'], block: 'block 2' },
      ],
    })
  })

  it('gives no layer of the file another name, whatever its activations are called', () => {
    const model = functional(
      [
        input(),
        convolution('a', 'image', { activation: 'relu' }),
        layer('ReLU', 'a_relu', {}, 'a'),
        convolution('b', 'a_relu'),
      ],
      'b',
    )
    expect(namesOf(model)).toEqual(['image', 'a', 'a_relu_2', 'a_relu', 'b'])
  })

  it('is the same from Keras 3, which writes what a layer takes as its arguments', () => {
    const tensor = (name: string) => ({
      class_name: '__keras_tensor__',
      config: { shape: [null, 32, 32, 4], dtype: 'float32', keras_history: [name, 0, 0] },
    })
    const model = {
      class_name: 'Functional',
      config: {
        name: 'model',
        layers: [
          {
            class_name: 'InputLayer',
            config: { name: 'image', batch_shape: [null, 32, 32, 3] },
            inbound_nodes: [],
          },
          {
            class_name: 'Conv2D',
            config: { name: 'a', filters: 4, kernel_size: [3, 3], padding: 'same' },
            inbound_nodes: [{ args: [tensor('image')], kwargs: {} }],
          },
          {
            class_name: 'ReLU',
            config: { name: 'leaky', negative_slope: 0.2 },
            inbound_nodes: [{ args: [tensor('a')], kwargs: {} }],
          },
          {
            class_name: 'Add',
            config: { name: 'sum' },
            inbound_nodes: [{ args: [[tensor('leaky'), tensor('a')]], kwargs: {} }],
          },
        ],
        input_layers: ['image', 0, 0],
        output_layers: ['sum', 0, 0],
      },
    }
    expect(own(model).graph.nodes.slice(1)).toMatchObject([
      { name: 'a' },
      { name: 'leaky', op: 'leakyRelu', attributes: { negativeSlope: 0.2 } },
      { name: 'sum', op: 'add', inputs: ['leaky', 'a'] },
    ])
  })

  it('takes in models within the model, and a layer without weights that is used twice', () => {
    const base = functional([input(), convolution('inner', 'image')], 'inner')
    const inner = {
      ...base,
      config: { ...base.config, name: 'base' },
      inbound_nodes: [[['image', 0, 0, {}]]],
    }
    const relu = {
      ...layer('ReLU', 'act', {}, 'base'),
      inbound_nodes: [[['base', 0, 0, {}]], [['outer', 0, 0, {}]]],
    }
    const model = functional([input(), inner, relu, convolution('outer', 'act')])
    model.config.output_layers = [['act', 1, 0]]
    expect(namesOf(model)).toEqual(['image', 'inner', 'act', 'outer', 'act_use_1'])
  })

  it('keeps a residual block and a separable convolution whole when it divides the layers into blocks', () => {
    const model = functional(
      [
        input(),
        convolution('stem', 'image'),
        convolution('left', 'stem'),
        convolution('left2', 'left'),
        layer('Add', 'sum', {}, 'left2', 'stem'),
        layer(
          'ZeroPadding2D',
          'pad',
          {
            padding: [
              [0, 1],
              [0, 1],
            ],
          },
          'sum',
        ),
        layer('DepthwiseConv2D', 'dw', { kernel_size: [3, 3], strides: [2, 2] }, 'pad'),
        layer('BatchNormalization', 'dw_bn', {}, 'dw'),
        convolution('pw', 'dw_bn', { kernel_size: 1 }),
        layer('SeparableConv2D', 'separable', { filters: 8, kernel_size: 3 }, 'pw'),
      ],
      'separable',
    )
    const blocks = new Map<string, string[]>()
    for (const { name, block } of own(model).graph.nodes)
      blocks.set(block, [...(blocks.get(block) ?? []), name])
    expect([...blocks.values()]).toEqual([
      ['image'],
      ['stem'],
      ['left', 'left2', 'sum'],
      ['pad', 'dw', 'dw_bn', 'pw'],
      ['separable_depthwise', 'separable'],
    ])
  })
})

describe('the features of a model', () => {
  const body = [input(), convolution('a', 'image')]
  const dense = (name: string, from: string) =>
    layer('Dense', name, { units: 3, activation: 'softmax' }, from)

  it.each([
    [
      'what the last dense layer takes',
      [...body, layer('Flatten', 'flat', {}, 'a'), dense('top', 'flat')],
      'top',
      'flat',
    ],
    [
      'without the dropout before it, and whatever layers softmax is apart in',
      [
        ...body,
        layer('GlobalAveragePooling2D', 'pool', {}, 'a'),
        layer('Dropout', 'drop', { rate: 0.2 }, 'pool'),
        layer('Dense', 'top', { units: 3 }, 'drop'),
        layer('Softmax', 'softmax', {}, 'top'),
      ],
      'softmax',
      'pool',
    ],
    [
      'the mean under a classifier that is a convolution',
      [
        ...body,
        layer('GlobalAveragePooling2D', 'pool', {}, 'a'),
        layer('Reshape', 'map', { target_shape: [1, 1, 4] }, 'pool'),
        convolution('top', 'map', { kernel_size: 1 }),
        layer('Activation', 'softmax', { activation: 'softmax' }, 'top'),
        layer('Reshape', 'flat', { target_shape: [4] }, 'softmax'),
      ],
      'flat',
      'pool',
    ],
    ['what a model without a head gives', body, 'a', 'a'],
  ] as const)('are %s', (_name, layers, output, features) => {
    const described = own(functional(layers, output))
    expect(described.graph.output).toBe(features)
    expect(described.leftOut).not.toContain(features)
  })

  it('are at the layer that is named, and layers after it need not be known', () => {
    const model = functional([...body, layer('LSTM', 'memory', {}, 'a'), dense('top', 'memory')], 'top')
    expect(refusal(model).message).toMatch(
      /kinds are not known here: LSTM \(memory\)\. Known are InputLayer, Conv2D/,
    )
    expect(own(model, { featureLayer: 'a' })).toMatchObject({
      graph: { output: 'a' },
      leftOut: ['memory', 'top'],
    })
    expect(refusal(model, { featureLayer: 'b' })).toMatchObject({
      code: 'layer-not-found',
      message: expect.stringMatching(/choose one of: image, a, memory, top/),
    })
  })
})

describe('what a model takes', () => {
  const sized = (...shape: (number | null)[]) => functional([input(shape), convolution('a', 'image')], 'a')

  it('is of its fixed size, or of any', () => {
    expect(own(sized(null, 96, 96, 3))).toMatchObject({ inputSize: 96, fixedSize: true })
    expect(own(sized(null, null, null, 3))).toMatchObject({ inputSize: 224, fixedSize: false })
  })

  it('is told by the first layer of a Sequential that has no input layer', () => {
    const { config } = convolution('a', '')
    const first = { class_name: 'Conv2D', config: { ...config, batch_input_shape: [null, 40, 40, 3] } }
    expect(own(sequential(first))).toMatchObject({
      inputSize: 40,
      graph: { nodes: [{ name: 'a_input' }, { name: 'a' }] },
    })
  })

  it('is prepared by the convention that is chosen, -1 to 1 unless one is, and by its own rescaling', () => {
    expect(own(sized(null, 32, 32, 3)).preprocessing).toEqual(preprocessingConventions.tf)
    const model = functional(
      [
        input(),
        layer('Rescaling', 'scale', { scale: 1 / 127.5, offset: -1 }, 'image'),
        convolution('a', 'scale'),
      ],
      'a',
    )
    const { preprocessing, graph } = own(model)
    expect(graph.nodes.map(({ name }) => name)).toEqual(['image', 'a'])
    for (const channel of [0, 1, 2] as const) {
      expect(preprocessing.mean[channel]).toBeCloseTo(127.5, 9)
      expect(preprocessing.standardDeviation[channel]).toBeCloseTo(127.5, 9)
    }
  })
})

describe('a model that is refused', () => {
  const body = [input(), convolution('a', 'image')]
  it.each([
    [
      'an unknown activation',
      [...body, convolution('b', 'a', { activation: 'selu' })],
      'b',
      /the activation selu \(b\)/,
    ],
    [
      'layers of several unknown kinds, all of which are named',
      [...body, layer('UpSampling2D', 'up', {}, 'a'), layer('PReLU', 'prelu', {}, 'up')],
      'prelu',
      /UpSampling2D \(up\); PReLU \(prelu\)/,
    ],
    [
      'a grey image',
      [input([null, 28, 28, 1]), convolution('a', 'image')],
      'a',
      /images in colour.*\[null,28,28,1\]/,
    ],
    ['an image that is not square', [input([null, 32, 64, 3]), convolution('a', 'image')], 'a', /square/],
    ['a giant image', [input([null, 1e6, 1e6, 3]), convolution('a', 'image')], 'a', /8 to 1024 pixels/],
    [
      'a giant map',
      [...body, convolution('b', 'a', { filters: 999_999 })],
      'b',
      /'b' gives \[32, 32, 999999\]/,
    ],
    [
      'giant padding',
      [...body, layer('ZeroPadding2D', 'pad', { padding: 1e9 }, 'a')],
      'pad',
      /'padding' of the layer 'pad'/,
    ],
    [
      'a giant window',
      [...body, layer('MaxPooling2D', 'pool', { pool_size: 1e8 }, 'a')],
      'pool',
      /'pool_size' of the layer 'pool'/,
    ],
    [
      'filters that are no number',
      [...body, convolution('b', 'a', { filters: '4; rm' })],
      'b',
      /'filters' of the layer 'b'/,
    ],
    [
      'channels first',
      [...body, convolution('b', 'a', { data_format: 'channels_first' })],
      'b',
      /'b' has its channels first/,
    ],
    [
      'groups of channels',
      [...body, convolution('b', 'a', { groups: 2 })],
      'b',
      /'b' \(Conv2D\) works on groups/,
    ],
    [
      'shapes that do not fit',
      [...body, convolution('b', 'image', { strides: 2 }), layer('Add', 'sum', {}, 'a', 'b')],
      'sum',
      /At its layer 'sum' \(Add\)/,
    ],
    ['no layer with weights', [input(), layer('ReLU', 'act', {}, 'image')], 'act', /nothing to transfer/],
    [
      'a rescaling elsewhere',
      [...body, layer('Rescaling', 'scale', {}, 'a')],
      'scale',
      /'scale' is elsewhere/,
    ],
    [
      'a layer with weights that is used twice',
      [...body, { ...convolution('b', 'a'), inbound_nodes: [[['a', 0, 0, {}]], [['b', 0, 0, {}]]] }],
      'b',
      /'b' \(Conv2D\) is there more than once/,
    ],
    [
      'a layer of nowhere',
      [...body, convolution('b', 'nowhere')],
      'b',
      /'b' should take the values of layers that are there/,
    ],
    ['a circle', [...body, convolution('b', 'c'), convolution('c', 'b')], 'c', /'b' should take/],
  ] as const)('has %s', (_name, layers, output, message) => {
    const { code, message: told } = refusal(functional(layers, output))
    expect(['model-unsupported', 'weights-invalid']).toContain(code)
    expect(told).toMatch(message)
  })

  it('takes two images, gives two values, or is of another kind', () => {
    const two = functional(
      [input(), input([null, 32, 32, 3], 'other'), layer('Add', 'sum', {}, 'image', 'other')],
      'sum',
    )
    expect(refusal(two).message).toMatch(/takes 2 values \(image, other\)/)
    expect(refusal(functional(body, 'a', 'image')).message).toMatch(/gives 2 \(a, image\).*--feature-layer/)
    expect(refusal({ class_name: 'MyModel', config: {} }).message).toMatch(/this is a MyModel/)
    for (const topology of [
      null,
      7,
      'model',
      [],
      {},
      { class_name: 'Functional', config: { layers: [null] } },
    ]) {
      expect(refusal(topology as object).code).toBe('weights-invalid')
    }
  })

  it('has a layer that is a program', () => {
    expect(() => refuseCode(functional([...body, layer('Lambda', 'trick', {}, 'a')], 'trick'))).toThrow(
      /'trick' is a Lambda/,
    )
  })
})
