import { describe, expect, test } from 'vitest'
import { findBackbone } from '../../../../src/models/catalog.ts'
import {
  blockState,
  buildFreezeTree,
  cachedLayers,
  cachedUpTo,
  choiceOfPreset,
  choiceOfTrainable,
  freezePresets,
  frozenFirst,
  layersBetween,
  presetOfChoice,
  trainableLayers,
  trainableOfChoice,
  visibleRows,
  withLayers,
} from '../../../../src/renderer/src/pages/train/freeze-tree.ts'

const backbone = findBackbone('efficientnet-lite0').build()
const tree = buildFreezeTree(backbone)
const block = (name: string) => {
  const found = tree.find((candidate) => candidate.name === name)
  if (!found) throw new Error(name)
  return found
}
const namesOf = (name: string) => block(name).layers.map((layer) => layer.name)

describe('the tree', () => {
  test('holds the blocks with parameters in order, and all parameters', () => {
    expect(tree.map(({ name }) => name)).toEqual([
      'stem',
      ...Array.from({ length: 16 }, (_, index) => `block ${index}`),
      'top',
    ])
    // @see https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite: 4.7 M with the classifier of 1.28 M
    expect(tree.reduce((sum, { parameters }) => sum + parameters, 0)).toBe(3_413_024)
    expect(namesOf('stem')).toEqual(['_conv_stem', '_bn0'])
  })

  test('shows the layers of open blocks only', () => {
    const rows = visibleRows(tree, new Set(['block 0']))
    expect(rows).toHaveLength(18 + block('block 0').layers.length)
    expect(rows[2]?.layer?.name).toBe('_blocks.0._depthwise_conv')
  })

  test('a block is mixed when some of its layers are thawed', () => {
    const [first = ''] = namesOf('top')
    expect(blockState(block('top'), new Set())).toBe('frozen')
    expect(blockState(block('top'), new Set([first]))).toBe('mixed')
    expect(blockState(block('top'), new Set(namesOf('top')))).toBe('trainable')
  })

  test('a range takes the rows between two in either direction', () => {
    const rows = visibleRows(tree, new Set())
    const names = layersBetween(rows, 17, 16)
    expect(names).toEqual([...namesOf('block 15'), ...namesOf('top')])
    expect(layersBetween(rows, 16, 17)).toEqual(names)
    const thawed = withLayers(new Set(), names, 'trainable')
    expect([...withLayers(thawed, namesOf('top'), 'frozen')]).toEqual(namesOf('block 15'))
  })
})

describe('choices', () => {
  test('a preset is recognised by what it trains', () => {
    for (const preset of freezePresets) {
      expect(presetOfChoice(choiceOfPreset(preset, backbone), backbone)).toBe(preset)
    }
    expect(
      presetOfChoice({ mode: 'fine-tune', freeze: { kind: 'layers', trainable: ['_conv_head'] } }, backbone),
    ).toBeNull()
  })

  test('a set of layers becomes the shortest plan that trains exactly it', () => {
    expect(choiceOfTrainable(new Set(), backbone)).toEqual({ mode: 'feature-extraction' })
    const all = new Set(tree.flatMap(({ layers }) => layers.map(({ name }) => name)))
    expect(choiceOfTrainable(all, backbone)).toEqual({ mode: 'full' })
    const own = new Set(['_bn1', '_conv_stem'])
    const choice = choiceOfTrainable(own, backbone)
    expect(choice).toEqual({
      mode: 'fine-tune',
      freeze: { kind: 'layers', trainable: ['_conv_stem', '_bn1'] },
    })
    expect(trainableOfChoice(choice, backbone)).toEqual(own)
  })

  test('all but the first so many layers are said by their number', () => {
    const layers = trainableLayers(backbone)
    const choice = choiceOfTrainable(new Set(layers.slice(7)), backbone)
    expect(choice).toEqual({ mode: 'fine-tune', freeze: { kind: 'first', count: 7 } })
    expect(frozenFirst(trainableOfChoice(choice, backbone), backbone)).toBe(7)
    expect(frozenFirst(new Set(), backbone)).toBe(layers.length)
  })

  test('cached features lie at the layer that their boundary follows, the most images of each kind', () => {
    const feature = { boundary: '_avg_pooling', inputSize: 224, augmentation: null, records: 40 }
    expect(
      cachedLayers(
        backbone,
        [
          feature,
          { ...feature, records: 7 },
          { ...feature, augmentation: 'flip', records: 160 },
          { ...feature, boundary: '_blocks.14._add' },
          { ...feature, boundary: 'input' },
          { ...feature, boundary: 'of another network' },
          { ...feature, boundary: '_blocks.3._add', inputSize: 96 },
        ],
        224,
      ),
    ).toEqual([
      { layer: '_bn1', block: 'top', images: 40, isAugmented: false },
      { layer: '_bn1', block: 'top', images: 160, isAugmented: true },
      { layer: '_blocks.14._bn2', block: 'block 14', images: 40, isAugmented: false },
    ])
  })

  test('the cached part ends below the first thawed layer, and is empty when the first layer learns', () => {
    expect(cachedUpTo(backbone, new Set())).toBe('top')
    expect(cachedUpTo(backbone, new Set(namesOf('top')))).toBe('block 15')
    expect(cachedUpTo(backbone, new Set(['_conv_stem']))).toBeNull()
  })
})
