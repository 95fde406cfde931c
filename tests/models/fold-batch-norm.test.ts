import { describe, expect, it } from 'vitest'
import { foldBatchNorm } from '../../src/models/fold-batch-norm.ts'
import { truncateAt } from '../../src/models/graph.ts'
import { createRandom } from '../../src/models/random.ts'
import { elementCount, parametersOf } from '../../src/models/shapes.ts'
import { referenceForward } from './reference-forward.ts'
import { residualNetwork } from './small-networks.ts'

const graph = residualNetwork()
const tensors = new Map(
  parametersOf(graph).map(({ name, shape, role }) => {
    const random = createRandom({ seed: 5, purpose: name })
    const draw = role === 'movingVariance' ? () => random.uniform(0.2, 3) : () => random.normal()
    return [name, Float32Array.from({ length: elementCount(shape) }, draw)]
  }),
)
const random = createRandom({ seed: 5, purpose: 'image' })
const image = Float32Array.from({ length: 8 * 8 * 3 }, () => random.normal())

describe('foldBatchNorm', () => {
  it('leaves the value of the network and of each normalization as it was', () => {
    const folded = foldBatchNorm(graph)
    expect(folded.graph.nodes.map((node) => [node.name, node.op])).toEqual([
      ['image', 'input'],
      ['stemNorm', 'conv2d'],
      ['relu', 'relu'],
      ['aNorm', 'conv2d'],
      ['b', 'conv2d'],
      ['sum', 'add'],
      ['depthwise', 'depthwiseConv2d'],
      ['pool', 'globalAveragePooling2d'],
    ])
    const before = referenceForward(graph, tensors, image)
    const after = referenceForward(folded.graph, folded.foldTensors(tensors), image)
    for (const name of ['stemNorm', 'aNorm', 'pool']) {
      const [expected, actual] = [before.get(name)!, after.get(name)!]
      expected.forEach((value, index) => expect(actual[index]).toBeCloseTo(value, 4))
    }
    expect(before.get('pool')!.some((value) => Math.abs(value) > 0.1)).toBe(true)
  })

  it('passes on tensors that do not change', () => {
    const folded = foldBatchNorm(graph).foldTensors(tensors)
    expect(folded.get('b/kernel')).toBe(tensors.get('b/kernel'))
    expect(folded.has('stem/kernel')).toBe(false)
  })

  it('leaves a convolution whose own value is wanted', () => {
    const ends = truncateAt(graph, 'a')
    expect(foldBatchNorm(ends).graph.nodes.map((node) => node.name)).toEqual([
      'image',
      'stemNorm',
      'relu',
      'a',
    ])
    const shared = {
      ...graph,
      nodes: graph.nodes.map((node) => (node.name === 'sum' ? { ...node, inputs: ['b', 'stem'] } : node)),
    }
    const folded = foldBatchNorm(shared)
    expect(folded.graph.nodes.slice(1, 3).map((node) => node.op)).toEqual(['conv2d', 'batchNormalization'])
    expect(folded.foldTensors(tensors).get('stem/kernel')).toBe(tensors.get('stem/kernel'))
  })

  it('names a tensor that is missing', () => {
    const lacking = new Map(tensors)
    lacking.delete('aNorm/movingMean')
    expect(() => foldBatchNorm(graph).foldTensors(lacking)).toThrow(
      /'aNorm\/movingMean' with 6 values; it is missing/,
    )
  })
})
