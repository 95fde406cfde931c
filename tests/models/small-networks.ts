import type { Graph, GraphNode } from '../../src/models/graph.ts'

const window = (size: number, strides = 1) =>
  ({
    kernelSize: [size, size],
    strides: [strides, strides],
    padding: 'same',
    dilation: [1, 1],
  }) as const

/**
 * input 8x8x3 -> stem -> stemNorm -> relu -+-> a -> aNorm -> b -+-> sum -> depthwise -> pool
 *                                          +--------------------+
 */
export function residualNetwork(): Graph {
  const node = (one: GraphNode): GraphNode => one
  const normalization = { epsilon: 1e-3, momentum: 0.99 }
  return {
    name: 'residual',
    output: 'pool',
    nodes: [
      node({ name: 'image', op: 'input', inputs: [], attributes: { shape: [8, 8, 3] }, block: 'input' }),
      node({
        name: 'stem',
        op: 'conv2d',
        inputs: ['image'],
        attributes: { ...window(3, 2), filters: 4, useBias: true },
        block: 'stem',
      }),
      node({
        name: 'stemNorm',
        op: 'batchNormalization',
        inputs: ['stem'],
        attributes: normalization,
        block: 'stem',
      }),
      node({ name: 'relu', op: 'relu', inputs: ['stemNorm'], attributes: {}, block: 'stem' }),
      node({
        name: 'a',
        op: 'conv2d',
        inputs: ['relu'],
        attributes: { ...window(1), filters: 6, useBias: false },
        block: 'block 0',
      }),
      node({
        name: 'aNorm',
        op: 'batchNormalization',
        inputs: ['a'],
        attributes: normalization,
        block: 'block 0',
      }),
      node({
        name: 'b',
        op: 'conv2d',
        inputs: ['aNorm'],
        attributes: { ...window(1), filters: 4, useBias: false },
        block: 'block 0',
      }),
      node({ name: 'sum', op: 'add', inputs: ['b', 'relu'], attributes: {}, block: 'block 0' }),
      node({
        name: 'depthwise',
        op: 'depthwiseConv2d',
        inputs: ['sum'],
        attributes: { ...window(3), depthMultiplier: 2, useBias: true },
        block: 'top',
      }),
      node({
        name: 'pool',
        op: 'globalAveragePooling2d',
        inputs: ['depthwise'],
        attributes: {},
        block: 'top',
      }),
    ],
  }
}
