import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { createExecutor, createParameters, disposeParameters } from '../../src/ml/execute.ts'
import { defineGraph, type Graph, type GraphNode } from '../../src/models/graph.ts'
import { createRandom } from '../../src/models/random.ts'
import { parametersOf } from '../../src/models/shapes.ts'
import { referenceForward } from '../models/reference-forward.ts'
import { chooseEngine, testedEngines } from './engine.ts'

type Layer = GraphNode extends infer Node
  ? Node extends GraphNode
    ? Pick<Node, 'op' | 'attributes'>
    : never
  : never

const window = { kernelSize: [3, 3], strides: [2, 2], padding: 'valid', dilation: [1, 1] } as const
const explicit = [
  [1, 2],
  [0, 1],
] as const

const layers: [string, Layer][] = [
  ['max pooling', { op: 'maxPooling2d', attributes: window }],
  ['max pooling, same', { op: 'maxPooling2d', attributes: { ...window, padding: 'same' } }],
  ['max pooling, padded', { op: 'maxPooling2d', attributes: { ...window, padding: explicit } }],
  [
    'max pooling, dilated',
    { op: 'maxPooling2d', attributes: { ...window, strides: [1, 1], dilation: [2, 2] } },
  ],
  ...(['valid', 'same', explicit] as const).flatMap((padding): [string, Layer][] =>
    [true, false].map((countIncludePadding) => [
      `average pooling, ${String(padding)}, ${countIncludePadding ? 'with' : 'without'} padding`,
      { op: 'averagePooling2d', attributes: { ...window, padding, countIncludePadding } },
    ]),
  ),
  ...(['valid', 'same', explicit] as const).flatMap((padding): [string, Layer][] => {
    const dilated = { ...window, strides: [1, 1], dilation: [2, 1], padding, useBias: false } as const
    return [
      [`dilated convolution, ${String(padding)}`, { op: 'conv2d', attributes: { ...dilated, filters: 4 } }],
      [
        `dilated depthwise convolution, ${String(padding)}`,
        { op: 'depthwiseConv2d', attributes: { ...dilated, depthMultiplier: 2 } },
      ],
    ]
  }),
  ['zero padding', { op: 'zeroPadding2d', attributes: { padding: explicit } }],
  ['leaky relu', { op: 'leakyRelu', attributes: { negativeSlope: 0.3 } }],
  ['sigmoid', { op: 'sigmoid', attributes: {} }],
  ['tanh', { op: 'tanh', attributes: {} }],
  ['hard sigmoid', { op: 'hardSigmoid', attributes: {} }],
  ['swish', { op: 'swish', attributes: {} }],
  ['hard swish', { op: 'hardSwish', attributes: {} }],
  ['gelu', { op: 'gelu', attributes: {} }],
  ['layer normalization', { op: 'layerNormalization', attributes: { epsilon: 1e-6 } }],
  ['layer scale', { op: 'layerScale', attributes: { initialValue: 1 } }],
  ['reshape', { op: 'reshape', attributes: { shape: [6, 35] } }],
  ['multiply', { op: 'multiply', attributes: {} }],
  ['concatenate', { op: 'concatenate', attributes: {} }],
]

/** The layer on a map of 7x6x5; where it takes two, the second is 1x1x5 to multiply and 7x6x5 to concatenate. */
function networkOf(layer: Layer): Graph {
  const pooled = { ...window, padding: 'valid', kernelSize: [7, 6], countIncludePadding: false } as const
  const second: GraphNode[] =
    layer.op === 'multiply'
      ? [{ name: 'second', op: 'averagePooling2d', inputs: ['x'], attributes: pooled, block: '' }]
      : [{ name: 'second', op: 'relu', inputs: ['x'], attributes: {}, block: '' }]
  const takesTwo = layer.op === 'multiply' || layer.op === 'concatenate'
  return defineGraph({
    name: 'one layer',
    nodes: [
      { name: 'x', op: 'input', inputs: [], attributes: { shape: [7, 6, 5] }, block: '' },
      ...(takesTwo ? second : []),
      { ...layer, name: 'y', inputs: takesTwo ? ['x', 'second'] : ['x'], block: '' } as GraphNode,
    ],
    output: 'y',
  })
}

function randomValues(purpose: string, length: number): Float32Array {
  const random = createRandom({ seed: 5, purpose })
  return Float32Array.from({ length }, () => random.uniform(-4, 4))
}

describe.each(testedEngines)('operations on %s', (engine) => {
  it.each(layers)('%s gives what plain loops give, and has a gradient', async (_name, layer) => {
    await chooseEngine(engine)
    const graph = networkOf(layer)
    const data = randomValues('x', 7 * 6 * 5)
    const values = new Map(
      parametersOf(graph).map(({ name, shape }) => [
        name,
        randomValues(
          name,
          shape.reduce((product, length) => product * length, 1),
        ),
      ]),
    )
    const expected = referenceForward(graph, values, data).get('y')!
    const parameters = createParameters(parametersOf(graph), values)
    const executor = createExecutor(graph)
    const x = tf.tensor(data, [1, 7, 6, 5])
    const y = executor.infer(x, parameters)
    const received = y.dataSync()
    expect(received).toHaveLength(expected.length)
    const worst = Math.max(...expected.map((value, index) => Math.abs(value - received[index]!)))
    expect(worst).toBeLessThan(2e-5)

    // The derivative along one direction, against a difference of plain loops.
    const direction = randomValues('direction', data.length)
    const weights = tf.tensor(randomValues('weights', expected.length), y.shape)
    const pass = { trainable: new Set<string>(), seed: 1, step: 0, onStatistics: () => undefined }
    const gradient = tf.grad((input) => tf.sum(tf.mul(executor.train(input, parameters, pass), weights)))(x)
    const slope = Float32Array.from(gradient.dataSync()).reduce(
      (sum, value, index) => sum + value * direction[index]!,
      0,
    )
    const along = (step: number): number => {
      const moved = data.map((value, index) => value + step * direction[index]!)
      const result = referenceForward(graph, values, moved).get('y')!
      return Float32Array.from(weights.dataSync()).reduce(
        (sum, weight, index) => sum + weight * result[index]!,
        0,
      )
    }
    const step = 1e-4
    const expectedSlope = (along(step) - along(-step)) / (2 * step)
    expect(Math.abs(slope - expectedSlope)).toBeLessThan(0.01 * (10 + Math.abs(expectedSlope)))
    tf.dispose([x, y, weights, gradient])
    disposeParameters(parameters)
  })
})
