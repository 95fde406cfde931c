import { describe, expect, it } from 'vitest'
import { defineGraph, type GraphNode } from '../../src/models/graph.ts'
import { initializeParameter } from '../../src/models/initializers.ts'
import { parametersOf, summarizeLayers } from '../../src/models/shapes.ts'

type Layer = GraphNode extends infer Node
  ? Node extends GraphNode
    ? Pick<Node, 'op' | 'attributes'>
    : never
  : never

const window = { kernelSize: [3, 3], strides: [2, 2], padding: 'valid', dilation: [1, 1] } as const

/** One layer on inputs of these shapes; the second and later inputs are reshaped from the first. */
function summaryOf(layer: Layer, ...shapes: number[][]) {
  const nodes = shapes.map((shape, index): GraphNode => {
    if (index === 0) return { name: 'x0', op: 'input', inputs: [], attributes: { shape }, block: '' }
    const filters = shape.at(-1)!
    const size = [shapes[0]![0]! - shape[0]! + 1, shapes[0]![1]! - shape[1]! + 1] as [number, number]
    const attributes = { ...window, kernelSize: size, strides: [1, 1], filters, useBias: false } as const
    return { name: `x${index}`, op: 'conv2d', inputs: ['x0'], attributes, block: '' }
  })
  const last = { ...layer, name: 'y', inputs: nodes.map(({ name }) => name), block: '' } as GraphNode
  const graph = defineGraph({ name: 'one layer', nodes: [...nodes, last], output: 'y' })
  const { outputShape, parameters, flops } = summarizeLayers(graph).at(-1)!
  return { shape: outputShape, parameters: parameters.map(({ role, shape }) => [role, shape]), flops, graph }
}

describe('the shape, parameters and cost of', () => {
  it.each<[Layer, number[][], number[], number]>([
    [{ op: 'maxPooling2d', attributes: window }, [[7, 9, 4]], [3, 4, 4], 48 * 8],
    [
      { op: 'averagePooling2d', attributes: { ...window, countIncludePadding: true } },
      [[7, 7, 2]],
      [3, 3, 2],
      18 * 9,
    ],
    [
      {
        op: 'zeroPadding2d',
        attributes: {
          padding: [
            [1, 2],
            [0, 3],
          ],
        },
      },
      [[4, 4, 2]],
      [7, 7, 2],
      0,
    ],
    [{ op: 'leakyRelu', attributes: { negativeSlope: 0.3 } }, [[2, 2, 3]], [2, 2, 3], 24],
    [{ op: 'sigmoid', attributes: {} }, [[2, 2, 3]], [2, 2, 3], 36],
    [{ op: 'tanh', attributes: {} }, [[2, 2, 3]], [2, 2, 3], 12],
    [{ op: 'hardSigmoid', attributes: {} }, [[2, 2, 3]], [2, 2, 3], 36],
    [{ op: 'swish', attributes: {} }, [[2, 2, 3]], [2, 2, 3], 48],
    [{ op: 'hardSwish', attributes: {} }, [[2, 2, 3]], [2, 2, 3], 48],
    [{ op: 'gelu', attributes: {} }, [[2, 2, 3]], [2, 2, 3], 60],
    [
      { op: 'multiply', attributes: {} },
      [
        [4, 5, 3],
        [1, 1, 3],
      ],
      [4, 5, 3],
      60,
    ],
    [
      { op: 'concatenate', attributes: {} },
      [
        [4, 5, 3],
        [4, 5, 1],
        [4, 5, 2],
      ],
      [4, 5, 6],
      0,
    ],
    [{ op: 'reshape', attributes: { shape: [1, 1, 12] } }, [[2, 2, 3]], [1, 1, 12], 0],
  ])('$op', (layer, inputs, shape, flops) => {
    expect(summaryOf(layer, ...inputs)).toMatchObject({ shape, parameters: [], flops })
  })

  it('layer normalization: a scale and a shift for each channel', () => {
    expect(summaryOf({ op: 'layerNormalization', attributes: { epsilon: 1e-6 } }, [2, 2, 5])).toMatchObject({
      shape: [2, 2, 5],
      parameters: [
        ['gamma', [5]],
        ['beta', [5]],
      ],
      flops: 140,
    })
  })

  it('layer scale: a factor for each channel, which starts as the attribute says', () => {
    const { graph, ...summary } = summaryOf(
      { op: 'layerScale', attributes: { initialValue: 0.25 } },
      [2, 2, 4],
    )
    expect(summary).toEqual({ shape: [2, 2, 4], parameters: [['gamma', [4]]], flops: 16 })
    expect(Array.from(initializeParameter(parametersOf(graph)[0]!, 1))).toEqual([0.25, 0.25, 0.25, 0.25])
  })
})

describe('layers that do not fit together', () => {
  it.each<[string, Layer, number[][], RegExp]>([
    [
      'a product of two widths',
      { op: 'multiply', attributes: {} },
      [
        [4, 5, 3],
        [4, 4, 3],
      ],
      /axes are equal or 1/,
    ],
    [
      'maps of two sizes',
      { op: 'concatenate', attributes: {} },
      [
        [4, 5, 3],
        [4, 4, 3],
      ],
      /differ in their channels only/,
    ],
    [
      'another count',
      { op: 'reshape', attributes: { shape: [5] } },
      [[2, 2, 3]],
      /\[2, 2, 3\] cannot be reshaped to \[5\]/,
    ],
    ['a vector', { op: 'maxPooling2d', attributes: window }, [[9]], /a feature map/],
  ])('%s: are refused by name', (_name, layer, inputs, message) => {
    expect(() => summaryOf(layer, ...inputs)).toThrow(message)
    expect(() => summaryOf(layer, ...inputs)).toThrow(/Layer 'y'/)
  })
})
