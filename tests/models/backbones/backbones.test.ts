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
  'efficientnet-b0': 5_288_548,
  'efficientnet-b1': 7_794_184,
  'efficientnet-b2': 9_109_994,
  'efficientnet-b3': 12_233_232,
  'efficientnet-b0-keras': 5_288_548,
  'efficientnet-b1-keras': 7_794_184,
  'efficientnet-b2-keras': 9_109_994,
  'efficientnet-b3-keras': 12_233_232,
  'mobilenet_v1_0.25': 470_072,
  'mobilenet_v1_0.5': 1_331_592,
  'mobilenet_v1_0.75': 2_585_560,
  'mobilenet_v1_1.0': 4_231_976,
  'mobilenet_v2_0.35': 1_677_128,
  'mobilenet_v2_0.5': 1_968_680,
  'mobilenet_v2_0.75': 2_636_424,
  'mobilenet_v2_1.0': 3_504_872,
  'mobilenet_v2_1.3': 5_386_792,
  'mobilenet_v2_1.4': 6_108_776,
  'mobilenet_v2_1.0-torchvision': 3_504_872,
  mobilenet_v3_small: 2_542_856,
  mobilenet_v3_large: 5_483_032,
  'mobilenet_v3_small-keras': 2_542_856,
  'mobilenet_v3_large-keras': 5_483_032,
  xception: 22_855_952,
  convnext_tiny: 28_589_128,
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
  'efficientnet-b0': 0.386,
  'efficientnet-b1': 0.687,
  'efficientnet-b2': 1.088,
  'efficientnet-b3': 1.827,
  'mobilenet_v2_1.0-torchvision': 0.301,
  mobilenet_v3_small: 0.057,
  mobilenet_v3_large: 0.217,
  convnext_tiny: 4.456,
}

describe('a published network', () => {
  it.each(Object.entries(published))('%s has the parameters its publisher counts', (id, expected) => {
    const graph = findBackbone(id).buildClassifier!()
    const { trainable } = countParameters(graph, resolveTrainable(graph, { kind: 'none' }))
    expect(trainable).toBe(expected)
  })

  it.each(Object.entries(publishedOperations))('%s costs what its publisher counts', (id, billions) => {
    const layers = summarizeLayers(findBackbone(id).buildClassifier!())
    const counted = layers.filter(({ node }) => /conv2d|dense/i.test(node.op))
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
      source.kind === 'embedded' ? [] : [source.convention],
    )
    for (const convention of conventions) {
      const names = [...nodes].map((node) => backbone.foreignNames?.[convention]?.(node))
      expect(names).not.toContain(undefined)
      expect(names).not.toContain(null)
    }
  })

  it('names its weights by address and, where they are fetched, by the hash that its publisher gives', () => {
    expect(meta.weights).not.toEqual([])
    for (const source of meta.weights) {
      if (source.kind === 'embedded') continue
      expect(source.origin).not.toBe('')
      if (source.url !== undefined) expect(source.url).toMatch(/^https:\/\/[^ ]+\.(pth|h5|safetensors)$/)
      if (source.kind !== 'download') continue
      if ('md5' in source.hash) expect(source.hash.md5).toMatch(/^[0-9a-f]{32}$/)
      else expect(source.hash.sha256Prefix).toMatch(/^([0-9a-f]{8}|[0-9a-f]{64})$/)
      const inName = /-([0-9a-f]{8})\.pth$/.exec(source.url)?.[1]
      if (inName !== undefined) expect(source.hash).toEqual({ sha256Prefix: inName })
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

  it("lead from Xception's halves of a separable convolution to Keras's one layer", () => {
    const { foreignNames, foreignParameters } = findBackbone('xception')
    expect(foreignNames?.keras?.('block2_sepconv1_depthwise')).toBe('block2_sepconv1')
    expect(foreignParameters?.keras?.('block2_sepconv1_depthwise/depthwiseKernel')).toEqual({
      layer: 'block2_sepconv1',
      weight: 'depthwise_kernel',
    })
    expect(foreignParameters?.keras?.('block2_sepconv1/kernel')).toEqual({
      layer: 'block2_sepconv1',
      weight: 'pointwise_kernel',
    })
    expect(foreignParameters?.keras?.('block2_sepconv1_bn/gamma')).toBeUndefined()
  })

  it("lead from ConvNeXt's modules to Keras's layers, and to the scale that has no layer, or no name", () => {
    const { foreignNames, foreignParameters, formerNames } = findBackbone('convnext_tiny')
    const scale = 'convnext_tiny_stage_2_block_4_layer_scale'
    expect(foreignNames?.keras?.('features.5.4.block.3')).toBe(
      'convnext_tiny_stage_2_block_4_pointwise_conv_1',
    )
    expect(foreignNames?.keras?.('features.4.1')).toBe('convnext_tiny_downsampling_conv_1')
    expect(foreignNames?.keras?.('features.5.4.add')).toBeNull()
    expect(foreignParameters?.keras?.('features.5.4.layer_scale/gamma')).toEqual({
      layer: scale,
      weight: 'variable',
    })
    expect(formerNames?.keras?.(`${scale}/variable_10`)).toBe(`${scale}/variable`)
    expect(foreignParameters?.torch?.('features.5.4.layer_scale/gamma')).toEqual({
      layer: 'features.5.4',
      weight: 'layer_scale',
    })
  })

  it("lead from Keras's older names of MobileNetV3's tensors to today's", () => {
    const toToday = findBackbone('mobilenet_v3_small-keras').formerNames?.keras
    expect(toToday?.('Conv/BatchNorm/gamma')).toBe('conv_bn/gamma')
    expect(toToday?.('expanded_conv_3/squeeze_excite/Conv_1/bias')).toBe(
      'expanded_conv_3_squeeze_excite_conv_1/bias',
    )
    expect(toToday?.('expanded_conv/depthwise/BatchNorm/beta')).toBe('expanded_conv_depthwise_bn/beta')
    expect(toToday?.('expanded_conv_1/depthwise/depthwise_kernel')).toBe(
      'expanded_conv_1_depthwise/depthwise_kernel',
    )
    expect(toToday?.('Logits/kernel')).toBe('logits/kernel')
    expect(toToday?.('conv_2/kernel')).toBe('conv_2/kernel')
  })

  it("lead from EfficientNet-Lite's blocks to timm's stages", () => {
    const toTimm = findBackbone('efficientnet-lite4').foreignNames?.timm
    expect(toTimm?.('_blocks.0._bn2')).toBe('blocks.0.0.bn2')
    expect(toTimm?.('_blocks.4._project_conv')).toBe('blocks.1.3.conv_pwl')
    expect(toTimm?.('_blocks.5._expand_conv')).toBe('blocks.2.0.conv_pw')
    expect(toTimm?.('_bn1')).toBe('bn2')
    expect(toTimm?.('_blocks.4._add')).toBeNull()
  })
})

describe('padding at a stride of 2', () => {
  const paddingOf = (id: string, size: number, layer: string): unknown => {
    const node = findBackbone(id)
      .build(size)
      .nodes.find(({ name }) => name === layer)
    return node?.op === 'depthwiseConv2d' ? node.attributes.padding : undefined
  }

  it("is TensorFlow's at Keras, but that MobileNetV1 pads an odd map as it does an even one", () => {
    expect(paddingOf('mobilenet_v2_1.0', 75, 'block_3_depthwise')).toBe('same')
    expect(paddingOf('mobilenet_v1_1.0', 224, 'conv_dw_4')).toBe('same')
    expect(paddingOf('mobilenet_v1_1.0', 75, 'conv_dw_4')).toEqual([
      [0, 1],
      [0, 1],
    ])
  })

  it('is the same on all sides at torchvision', () => {
    expect(paddingOf('efficientnet-b0', 224, 'features.3.0.block.1.0')).toEqual([
      [2, 2],
      [2, 2],
    ])
  })
})

describe('a classifier that takes a flattened map', () => {
  it('refuses another input size by name', () => {
    expect(() => findBackbone('vgg16').buildClassifier?.(64)).toThrow(/224x224; 64x64 was asked for/)
  })
})
