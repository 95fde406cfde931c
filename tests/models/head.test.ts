import { describe, expect, it } from 'vitest'
import { attachHead, buildHead } from '../../src/models/heads/build-head.ts'
import { parseHead } from '../../src/models/heads/parse-head.ts'
import { initializeParameter } from '../../src/models/initializers.ts'
import { inferShapes, parametersOf } from '../../src/models/shapes.ts'
import { residualNetwork } from './small-networks.ts'

describe('parseHead', () => {
  it('reads nothing as linear, and each token', () => {
    expect(parseHead(' ')).toEqual([])
    expect(parseHead('flatten, 512:relu,dropout:0.3,64,8:relu6')).toEqual([
      { kind: 'flatten' },
      { kind: 'dense', units: 512, activation: 'relu' },
      { kind: 'dropout', rate: 0.3 },
      { kind: 'dense', units: 64, activation: 'linear' },
      { kind: 'dense', units: 8, activation: 'relu6' },
    ])
  })

  it.each([
    '512:',
    '0',
    '-3',
    '512:swish',
    '70000',
    'dropout',
    'dropout:1',
    'dropout:-0.1',
    '512,',
    'relu',
    '9,flatten',
  ])('refuses %j and lists the valid tokens', (specification) => {
    expect(() => parseHead(specification)).toThrow(
      /is not a layer of a head.*linear, relu, relu6.*dropout:RATE/,
    )
    expect(() => parseHead(specification)).toThrow(expect.objectContaining({ code: 'plan-invalid' }))
  })
})

describe('buildHead', () => {
  it('ends in one logit for each class', () => {
    const nodes = buildHead('512:relu,dropout:0.3', { name: 'features', shape: [1280] }, 10)
    expect(nodes.map(({ name, op, inputs }) => [name, op, inputs])).toEqual([
      ['head.dense_1', 'dense', ['features']],
      ['head.relu_1', 'relu', ['head.dense_1']],
      ['head.dropout_2', 'dropout', ['head.relu_1']],
      ['head.logits', 'dense', ['head.dropout_2']],
    ])
    expect(nodes[3]!.attributes).toEqual({ units: 10, useBias: true, kernelInitializer: 'glorotUniform' })
    expect(new Set(nodes.map((node) => node.block))).toEqual(new Set(['head']))
  })

  it('averages a feature map, or flattens it where that is asked for', () => {
    const graph = residualNetwork()
    const pooled = attachHead(graph, 'sum', '', 2)
    expect(inferShapes(pooled).get('head.pool')).toEqual([4])
    const flattened = attachHead(graph, 'sum', 'flatten,7:relu', 2)
    expect(inferShapes(flattened).get('head.flatten')).toEqual([64])
    expect(inferShapes(flattened).get('head.logits')).toEqual([2])
    expect(flattened.nodes.some((node) => node.name === 'pool')).toBe(false)
  })

  it('refuses fewer than two classes', () => {
    expect(() => buildHead('', { name: 'features', shape: [8] }, 1)).toThrow(/2 classes or more; it got 1/)
  })
})

describe('initializeParameter', () => {
  const graph = attachHead(residualNetwork(), 'pool', '300:relu', 100)
  const values = (name: string, seed = 0): Float32Array =>
    initializeParameter(
      parametersOf(graph).find((parameter) => parameter.name === name)!,
      seed,
    )

  it('draws dense kernels as Glorot and Bengio do, and zeros for biases', () => {
    const kernel = values('head.logits/kernel')
    const limit = Math.sqrt(6 / 400)
    expect(kernel).toHaveLength(30_000)
    expect(Math.max(...kernel.map(Math.abs))).toBeLessThanOrEqual(Math.fround(limit))
    expect(deviationOf(kernel) / (limit / Math.sqrt(3))).toBeCloseTo(1, 1)
    expect(values('head.logits/bias').every((value) => value === 0)).toBe(true)
    expect(values('aNorm/movingVariance')).toEqual(new Float32Array(6).fill(1))
  })

  it('draws convolutions with the standard deviation that He and others give', () => {
    const many = Array.from({ length: 200 }, (_, seed) => [...values('stem/kernel', seed)]).flat()
    expect(deviationOf(Float32Array.from(many)) / Math.sqrt(2 / 27)).toBeCloseTo(1, 1)
    const depthwise = Array.from({ length: 200 }, (_, seed) => [
      ...values('depthwise/depthwiseKernel', seed),
    ]).flat()
    expect(deviationOf(Float32Array.from(depthwise)) / Math.sqrt(2 / 9)).toBeCloseTo(1, 1)
  })

  it('depends on the seed and the name, and on nothing else', () => {
    expect(values('head.logits/kernel', 3)).toEqual(values('head.logits/kernel', 3))
    expect(values('head.logits/kernel', 3)).not.toEqual(values('head.logits/kernel', 4))
    expect(values('a/kernel').slice(0, 5)).not.toEqual(values('b/kernel').slice(0, 5))
  })
})

function deviationOf(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length)
}
