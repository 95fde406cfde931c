import { describe, expect, it } from 'vitest'
import { findBackbone } from '../../src/models/catalog.ts'
import { attachHead } from '../../src/models/heads/build-head.ts'
import { findSpatialLayer, spatialLayersOf } from '../../src/models/spatial-layers.ts'

function classifier(id: string, size?: number, head = '') {
  const { build, meta } = findBackbone(id)
  return attachHead(build(size), meta.featureLayer, head, 3)
}

describe('layers that heat maps are made of', () => {
  it.each([
    ['efficientnet-lite0', '_bn1_relu6', 7],
    ['resnet18', 'layer4.1.relu', 7],
    // Its features are a pooled map; the last convolutions are before that.
    ['vgg16', 'block5_conv3_relu', 14],
  ])('of %s the one before its last pooling, if none is named: %s', (id, name, side) => {
    expect(findSpatialLayer(classifier(id), null)).toMatchObject({ name, height: side, width: side })
  })

  it('are all that have several positions, in order, and neither the image nor the head', () => {
    const layers = spatialLayersOf(classifier('efficientnet-lite0', undefined, '16:relu'))
    expect(layers[0]).toMatchObject({ name: '_conv_stem', height: 112, width: 112, channels: 32 })
    expect(layers.at(-1)).toMatchObject({ name: '_bn1_relu6', channels: 1280 })
    expect(layers.every(({ height, width }) => height >= 2 && width >= 2)).toBe(true)
  })

  it('are earlier ones where small images leave the last ones a single position', () => {
    const { name, height } = findSpatialLayer(classifier('efficientnet-lite0', 32), null)
    expect(height).toBe(2)
    expect(name).toBe('_blocks.11._bn0_relu6')
  })

  it('refuses one that is too small, one of the head, and one that is not there', () => {
    const graph = classifier('efficientnet-lite0', 32)
    for (const layer of ['_bn1_relu6', '_avg_pooling', 'head.logits']) {
      expect(() => findSpatialLayer(graph, layer)).toThrowError(
        expect.objectContaining({ code: 'layer-too-small' }),
      )
    }
    expect(() => findSpatialLayer(graph, 'top')).toThrowError(
      expect.objectContaining({ code: 'layer-not-found' }),
    )
  })
})
