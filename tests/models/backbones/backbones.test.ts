import { describe, expect, it } from 'vitest'
import { backbones, findBackbone } from '../../../src/models/catalog.ts'
import { resolveTrainable } from '../../../src/models/freeze.ts'
import { truncateAt } from '../../../src/models/graph.ts'
import { countParameters, inferShapes, parametersOf, summarizeLayers } from '../../../src/models/shapes.ts'

/** Of the whole network; what the publisher tells in its package (torchvision's `num_params`, Keras's `count_params` less the statistics). */
const published: Readonly<Record<string, number>> = {
  resnet18: 11_689_512,
  resnet34: 21_797_672,
  resnet50: 25_557_032,
  resnet101: 44_549_160,
  'resnet50-keras': 25_583_592,
  vgg11: 132_863_336,
  vgg11_bn: 132_868_840,
  vgg13: 133_047_848,
  vgg13_bn: 133_053_736,
  vgg16: 138_357_544,
  vgg16_bn: 138_365_992,
  vgg19: 143_667_240,
  vgg19_bn: 143_678_248,
  // Less the auxiliary classifier, of 3,326,696, that only training uses.
  inception_v3: 27_161_264 - 3_326_696,
  densenet121: 7_978_856,
  squeezenet1_0: 1_248_424,
  squeezenet1_1: 1_235_496,
}

/** Multiply-adds of convolutions and dense layers at the published size, in billions, as torchvision tells (`_ops`). */
const publishedOperations: Readonly<Record<string, number>> = {
  resnet18: 1.814,
  resnet34: 3.664,
  resnet50: 4.089,
  resnet101: 7.801,
  vgg11: 7.609,
  vgg13: 11.308,
  vgg16: 15.47,
  vgg19: 19.632,
  inception_v3: 5.713,
  densenet121: 2.834,
  squeezenet1_0: 0.819,
  squeezenet1_1: 0.349,
}

describe('a published network', () => {
  it.each(Object.entries(published))('%s has the parameters its publisher counts', (id, expected) => {
    const graph = findBackbone(id).buildClassifier!()
    const { trainable } = countParameters(graph, resolveTrainable(graph, { kind: 'none' }))
    expect(trainable).toBe(expected)
  })

  it.each(Object.entries(publishedOperations))('%s costs what its publisher counts', (id, billions) => {
    const layers = summarizeLayers(findBackbone(id).buildClassifier!())
    const counted = layers.filter(({ node }) => node.op === 'conv2d' || node.op === 'dense')
    const multiplyAdds = counted.reduce((sum, { flops }) => sum + flops, 0) / 2e9
    expect(Math.abs(multiplyAdds / billions - 1)).toBeLessThan(0.01)
  })
})

describe.each(backbones.map((backbone) => [backbone.meta.id, backbone] as const))('%s', (_id, backbone) => {
  const { meta } = backbone
  const smallest = meta.minimumInputSize ?? 32

  it('ends in its feature layer, at its own size and at the smallest', () => {
    for (const size of [meta.inputSize, smallest]) {
      const graph = backbone.build(size)
      expect(graph.output).toBe(meta.featureLayer)
      expect(inferShapes(graph).get(graph.nodes[0]!.name)).toEqual([size, size, 3])
    }
  })

  it('is the beginning of its whole network', () => {
    if (backbone.buildClassifier === undefined) return
    const whole = backbone.buildClassifier()
    expect(truncateAt(whole, meta.featureLayer)).toEqual(backbone.build())
    expect(inferShapes(whole).get(whole.output)).toEqual([1000])
  })

  it('has the publisher’s name for each layer with parameters, under every convention of its weights', () => {
    const nodes = new Set(
      parametersOf((backbone.buildClassifier ?? backbone.build)()).map(({ node }) => node),
    )
    const conventions = meta.weights.flatMap((source) =>
      source.kind === 'download' ? [source.convention] : [],
    )
    for (const convention of conventions) {
      const names = [...nodes].map((node) => backbone.foreignNames?.[convention]?.(node))
      expect(names).not.toContain(undefined)
      expect(names).not.toContain(null)
    }
  })

  it('names its weights by address and by the hash that its publisher gives', () => {
    for (const source of meta.weights) {
      if (source.kind !== 'download') continue
      expect(source.url).toMatch(/^https:\/\/[^ ]+\.(pth|h5|safetensors)$/)
      if ('md5' in source.hash) expect(source.hash.md5).toMatch(/^[0-9a-f]{32}$/)
      else expect(source.url).toContain(`-${source.hash.sha256Prefix}`)
    }
  })
})

describe('the tables of names', () => {
  it("lead from Keras's VGG16 to torchvision's modules", () => {
    const { foreignNames, flattenedInputs } = findBackbone('vgg16')
    expect(foreignNames?.torch?.('block1_conv1')).toBe('features.0')
    expect(foreignNames?.torch?.('block5_conv3')).toBe('features.28')
    expect(foreignNames?.torch?.('predictions')).toBe('classifier.6')
    expect(foreignNames?.torch?.('block1_pool')).toBeNull()
    expect(flattenedInputs).toEqual({ fc1: [7, 7, 512] })
  })

  it("lead from DenseNet's older names in the published file to today's", () => {
    const { formerNames, foreignNames } = findBackbone('densenet121')
    const former = 'features.denseblock1.denselayer2.norm.1.weight'
    expect(formerNames?.torch?.(former)).toBe('features.denseblock1.denselayer2.norm1.weight')
    expect(formerNames?.torch?.('features.norm0.weight')).toBe('features.norm0.weight')
    expect(foreignNames?.keras?.('features.denseblock1.denselayer2.norm1')).toBe('conv2_block2_0_bn')
    expect(foreignNames?.keras?.('features.transition1.conv')).toBe('pool2_conv')
  })

  it("give 1 where Keras's InceptionV3 has no gamma", () => {
    const { foreignParameters, trainingOnly } = findBackbone('inception_v3-keras')
    expect(foreignParameters?.keras?.('batch_normalization_3/gamma')).toEqual({ constant: 1 })
    expect(foreignParameters?.keras?.('batch_normalization_3/beta')).toBeUndefined()
    expect(trainingOnly).toBeUndefined()
    expect(findBackbone('inception_v3').trainingOnly?.torch?.test('AuxLogits.conv0.bn.weight')).toBe(true)
  })
})

describe('a classifier that takes a flattened map', () => {
  it('refuses another input size by name', () => {
    expect(() => findBackbone('vgg16').buildClassifier?.(64)).toThrow(/224x224; 64x64 was asked for/)
  })
})
