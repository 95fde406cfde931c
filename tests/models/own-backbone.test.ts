import { describe, expect, it } from 'vitest'
import { ownBackboneIdOf, ownBackboneIdSchema, type OwnBackbone } from '../../src/contract/own-backbone.ts'
import { findBackbone } from '../../src/models/catalog.ts'
import { ownBackboneOf } from '../../src/models/own-backbone.ts'
import { preprocessingConventions } from '../../src/models/preprocessing-conventions.ts'
import { inferShapes } from '../../src/models/shapes.ts'

function own(id: string, fixedSize: boolean): OwnBackbone {
  return {
    id,
    inputSize: 40,
    fixedSize,
    preprocessing: {
      ...preprocessingConventions.rescale,
      mean: [0, 0, 0],
      standardDeviation: [255, 255, 255],
    },
    graph: {
      name: id,
      nodes: [
        { name: 'image', op: 'input', inputs: [], attributes: { shape: [40, 40, 3] }, block: 'input' },
        {
          name: 'conv',
          op: 'conv2d',
          inputs: ['image'],
          attributes: {
            padding: 'same',
            kernelSize: [3, 3],
            strides: [2, 2],
            dilation: [1, 1],
            filters: 4,
            useBias: true,
          },
          block: 'block 1',
        },
      ],
      output: 'conv',
    },
    foreignParameters: { 'conv/bias': { constant: 0 } },
    leftOut: ['top.layer', 'a|b'],
  }
}

describe("a person's own backbone", () => {
  it('is built at any size by one graph, or at its own alone', () => {
    const any = ownBackboneOf(own('mine', false))
    expect(inferShapes(any.build()).get('conv')).toEqual([20, 20, 4])
    expect(inferShapes(any.build(97)).get('conv')).toEqual([49, 49, 4])
    const fixed = ownBackboneOf(own('mine', true))
    expect(fixed.build(40).nodes).toHaveLength(2)
    expect(() => fixed.build(41)).toThrow(/takes images of 40x40 only; 41x41 was asked for/)
  })

  it('is found among those that are given, before the catalogue', () => {
    expect(findBackbone('mine', [own('mine', true)]).own?.id).toBe('mine')
    expect(findBackbone('vgg16').own).toBeUndefined()
    expect(findBackbone('vgg16', [own('vgg16', true)]).own?.id).toBe('vgg16')
    expect(() => findBackbone('mein', [own('mine', true)])).toThrow(/choose one of: mine, efficientnet-lite0/)
  })

  it('names its parameters in files, and what files may have besides', () => {
    const { foreignNames, foreignParameters, trainingOnly } = ownBackboneOf(own('mine', true))
    expect(foreignNames?.keras?.('conv')).toBe('conv')
    expect(foreignParameters?.keras?.('conv/bias')).toEqual({ constant: 0 })
    expect(foreignParameters?.keras?.('constructor')).toBeUndefined()
    const leftOut = trainingOnly?.keras
    expect(['top.layer/kernel', 'a|b/bias'].every((name) => leftOut?.test(name))).toBe(true)
    expect(['topxlayer/kernel', 'a/kernel', 'conv/kernel'].some((name) => leftOut?.test(name))).toBe(false)
  })
})

describe('the id of a model', () => {
  it.each([
    ['/home/me/Flowers 2024/model.json', 'flowers-2024'],
    ['C:\\models\\bugs.JSON', 'bugs'],
    ['model.json', 'my-model'],
    ['/models/_-./model.json', 'my-model'],
    ['/models/花/model.json', 'my-model'],
    ['/models/nul/model.json', 'my-model'],
    [`/${'a'.repeat(80)}/model.json`, 'a'.repeat(64)],
  ])('of %s is %s', (path, id) => {
    expect(ownBackboneIdOf(path)).toBe(id)
    expect(ownBackboneIdSchema.safeParse(id).success).toBe(true)
  })

  it.each(['', '.', '..', 'a/b', 'a\\b', 'A', '-a', 'a.', 'con', 'com1.net', 'a b', '__proto__'])(
    'is not %j',
    (id) => expect(ownBackboneIdSchema.safeParse(id).success).toBe(false),
  )
})
