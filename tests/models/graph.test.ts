import { describe, expect, it } from 'vitest'
import type { Graph, GraphNode } from '../../src/models/graph.ts'
import { consumersOf, defineGraph, nodeOf, truncateAt } from '../../src/models/graph.ts'
import { countFlops, countParameters, inferShapes, parametersOf } from '../../src/models/shapes.ts'
import { resolvePadding, windowOutputSize } from '../../src/models/windows.ts'
import { residualNetwork } from './small-networks.ts'

const graph = residualNetwork()

/** The graph with one node replaced. */
function withNode(name: string, change: (node: GraphNode) => GraphNode): Graph {
  return { ...graph, nodes: graph.nodes.map((node) => (node.name === name ? change(node) : node)) }
}

describe('defineGraph', () => {
  it('takes a sound graph as it is', () => {
    expect(defineGraph(graph)).toBe(graph)
  })

  it.each<[string, Graph, RegExp]>([
    [
      'two layers of one name',
      { ...graph, nodes: [...graph.nodes, graph.nodes[1]!] },
      /two layers are named 'stem'/,
    ],
    [
      'an input from nowhere',
      withNode('a', (node) => ({ ...node, inputs: ['ghost'] })),
      /'a' takes 'ghost', which is not a layer before it/,
    ],
    ['a layer before its input', { ...graph, nodes: [...graph.nodes].reverse() }, /not a layer before it/],
    ['a sum of one', withNode('sum', (node) => ({ ...node, inputs: ['b'] })), /1 inputs; it takes 2/],
    ['a missing output', { ...graph, output: 'ghost' }, /output 'ghost'/],
    ['no input', { ...graph, nodes: [], output: '' }, /0 input layers/],
  ])('refuses %s', (_name, bad, message) => {
    expect(() => defineGraph(bad)).toThrow(message)
  })
})

describe('a graph', () => {
  it('lists the valid names where a layer is not there', () => {
    expect(() => nodeOf(graph, 'ghost')).toThrow(/'ghost' is not a layer.*image, stem, stemNorm/)
    expect(() => nodeOf(graph, 'ghost')).toThrow(expect.objectContaining({ code: 'layer-not-found' }))
  })

  it('knows who takes each value', () => {
    expect(consumersOf(graph).get('relu')).toEqual(['a', 'sum'])
    expect(consumersOf(graph).get('pool')).toEqual([])
  })

  it('can end at any layer, without those it does not need', () => {
    expect(truncateAt(graph, 'aNorm').nodes.map((node) => node.name)).toEqual([
      'image',
      'stem',
      'stemNorm',
      'relu',
      'a',
      'aNorm',
    ])
  })
})

describe('shapes and counts', () => {
  it('follow from the input', () => {
    expect(Object.fromEntries(inferShapes(graph))).toMatchObject({
      stem: [4, 4, 4],
      a: [4, 4, 6],
      sum: [4, 4, 4],
      depthwise: [4, 4, 8],
      pool: [8],
    })
    expect(inferShapes(graph, [9, 5, 3]).get('sum')).toEqual([5, 3, 4])
  })

  it('name parameters by layer and role, in order', () => {
    expect(parametersOf(graph).map(({ name, shape }) => [name, shape])).toEqual([
      ['stem/kernel', [3, 3, 3, 4]],
      ['stem/bias', [4]],
      ['stemNorm/gamma', [4]],
      ['stemNorm/beta', [4]],
      ['stemNorm/movingMean', [4]],
      ['stemNorm/movingVariance', [4]],
      ['a/kernel', [1, 1, 4, 6]],
      ['aNorm/gamma', [6]],
      ['aNorm/beta', [6]],
      ['aNorm/movingMean', [6]],
      ['aNorm/movingVariance', [6]],
      ['b/kernel', [1, 1, 6, 4]],
      ['depthwise/depthwiseKernel', [3, 3, 4, 2]],
      ['depthwise/bias', [8]],
    ])
  })

  it('count parameters, moving statistics never among the trainable', () => {
    // 108+4, 4*4, 24, 6*4, 24, 72+8
    expect(countParameters(graph, new Set())).toEqual({ total: 280, trainable: 0 })
    expect(countParameters(graph, new Set(['aNorm', 'b'])).trainable).toBe(12 + 24)
  })

  it('count operations by hand', () => {
    const stem = 64 * (2 * 27 + 1)
    const stemNormAndRelu = 128 + 64
    const block = 96 * 2 * 4 + 192 + 64 * 2 * 6 + 64
    const top = 128 * (2 * 9 + 1) + 128
    expect(countFlops(graph)).toBe(stem + stemNormAndRelu + block + top)
  })

  it('name the layer where shapes do not fit', () => {
    const bad = withNode('sum', (node) => ({ ...node, inputs: ['aNorm', 'relu'] }))
    expect(() => inferShapes(bad)).toThrow(/Layer 'sum'.*\[4, 4, 6\] and \[4, 4, 4\]/)
    const dense = withNode('pool', (node) => ({
      ...node,
      op: 'dense',
      attributes: { units: 2, useBias: true, kernelInitializer: 'zeros' },
    }))
    expect(() => inferShapes(dense)).toThrow(/Layer 'pool'.*a vector/)
  })
})

describe('windows', () => {
  const window = { kernelSize: [3, 3], strides: [2, 2], dilation: [1, 1] } as const

  it("pad as TensorFlow's 'same' does: the odd pixel below and to the right", () => {
    expect(resolvePadding([224, 225], { ...window, padding: 'same' })).toEqual([
      [0, 1],
      [1, 1],
    ])
    expect(windowOutputSize([224, 225], { ...window, padding: 'same' })).toEqual([112, 113])
  })

  it('count positions with valid and explicit padding, strides and dilation', () => {
    expect(windowOutputSize([224, 7], { ...window, padding: 'valid' })).toEqual([111, 3])
    const explicit = [
      [1, 1],
      [0, 2],
    ] as const
    expect(windowOutputSize([224, 7], { ...window, padding: explicit })).toEqual([112, 4])
    expect(windowOutputSize([9, 9], { ...window, dilation: [4, 1], padding: 'valid' })).toEqual([1, 4])
  })

  it('refuse a map that is smaller than they are', () => {
    expect(() => windowOutputSize([2, 9], { ...window, padding: 'valid' })).toThrow(/3x3.*2x9.*larger input/)
  })
})
