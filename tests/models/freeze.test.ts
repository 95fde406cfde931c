import { describe, expect, it } from 'vitest'
import type { FreezePlan } from '../../src/contract/train-plan.ts'
import { cutAt, freezeBoundary, resolveTrainable } from '../../src/models/freeze.ts'
import { globToRegExp } from '../../src/models/glob.ts'
import { attachHead } from '../../src/models/heads/build-head.ts'
import { findBackbone } from '../../src/models/catalog.ts'
import { freezePlanOf, trainingModeDefinitions } from '../../src/models/training/modes.ts'
import { residualNetwork } from './small-networks.ts'

const graph = residualNetwork()
const classifier = attachHead(graph, 'pool', 'dropout:0.5,5:relu', 3)
const head = ['head.dense_2', 'head.logits']
const all = ['stem', 'stemNorm', 'a', 'aNorm', 'b', 'depthwise']

describe('resolveTrainable', () => {
  it.each<[FreezePlan, string[]]>([
    [{ kind: 'all' }, []],
    [{ kind: 'none' }, all],
    [{ kind: 'until', layer: 'aNorm' }, ['b', 'depthwise']],
    [{ kind: 'until', layer: 'relu' }, ['a', 'aNorm', 'b', 'depthwise']],
    [{ kind: 'until', layer: 'pool' }, []],
    [{ kind: 'first', count: 0 }, all],
    [{ kind: 'first', count: 2 }, ['a', 'aNorm', 'b', 'depthwise']],
    [{ kind: 'first', count: 6 }, []],
    [{ kind: 'glob', pattern: '*Norm' }, ['stemNorm', 'aNorm']],
    [{ kind: 'glob', pattern: '{a,b}' }, ['a', 'b']],
    [{ kind: 'layers', trainable: ['depthwise', 'a'] }, ['a', 'depthwise']],
    [{ kind: 'layers', trainable: [] }, []],
  ])('%j trains these of the backbone, and always the head', (plan, expected) => {
    expect([...resolveTrainable(graph, plan)]).toEqual(expected)
    expect([...resolveTrainable(classifier, plan)]).toEqual([...expected, ...head])
  })

  it.each<[FreezePlan, RegExp]>([
    [{ kind: 'until', layer: 'ghost' }, /'ghost' is not a layer.*stemNorm/],
    [{ kind: 'first', count: 7 }, /0 to 6.*was 7/],
    [{ kind: 'glob', pattern: 'conv*' }, /'conv\*' matches no layer.*stem, stemNorm/],
    [{ kind: 'layers', trainable: ['relu'] }, /'relu' is not a layer with parameters/],
  ])('refuses %j and lists what is valid', (plan, message) => {
    expect(() => resolveTrainable(graph, plan)).toThrow(message)
  })
})

describe('globToRegExp', () => {
  it.each([
    ['_blocks.1?.*', '_blocks.12._bn1', true],
    ['_blocks.1?.*', '_blocks.1._bn1', false],
    ['_blocks.1?.*', '_blocks_12._bn1', false],
    ['_blocks.{14,15}.*,_conv_head', '_blocks.15._bn1', true],
    ['_blocks.{14,15}.*,_conv_head', '_conv_head', true],
    ['_blocks.{14,15}.*,_conv_head', '_conv_head2', false],
    ['a(b', 'a(b', true],
    ['{a', 'a', true],
    ['a}', 'a}', true],
  ])('%s and %s: %s', (pattern, name, matches) => {
    expect(globToRegExp(pattern).test(name)).toBe(matches)
  })
})

describe('freezeBoundary', () => {
  it.each<[string[], string]>([
    [['stem'], 'image'],
    [['stemNorm'], 'stem'],
    [['a'], 'relu'],
    // Inside the residual block two values are alive: only its beginning can be the boundary.
    [['aNorm'], 'relu'],
    [['b'], 'relu'],
    [['depthwise'], 'sum'],
    [[], 'pool'],
  ])('with %j trained is %s', (trainable, boundary) => {
    expect(freezeBoundary(graph, new Set(trainable))).toBe(boundary)
  })

  it('stays before a dropout, whose value is another each time', () => {
    expect(freezeBoundary(classifier, new Set(head))).toBe('pool')
    expect(freezeBoundary(attachHead(graph, 'pool', 'dropout:0', 3), new Set(head))).toBe('head.dropout_1')
  })

  it('of a backbone in whole is its features, and never within a block whatever is frozen', () => {
    const { meta, build } = findBackbone('efficientnet-lite0')
    const lite = attachHead(build(), meta.featureLayer, '', 2)
    expect(freezeBoundary(lite, resolveTrainable(lite, { kind: 'all' }))).toBe(meta.featureLayer)
    for (let count = 0; count <= 98; count += 1) {
      const boundary = freezeBoundary(lite, resolveTrainable(lite, { kind: 'first', count }))
      const { frozen, rest } = cutAt(lite, boundary)
      expect(frozen.nodes.length + rest.nodes.length).toBe(lite.nodes.length + 1)
    }
  })
})

describe('cutAt', () => {
  it('makes two graphs that meet in one value', () => {
    const { frozen, rest } = cutAt(classifier, 'sum')
    expect(frozen.output).toBe('sum')
    expect(frozen.nodes.map((node) => node.name)).toEqual(graph.nodes.slice(0, 8).map((node) => node.name))
    expect(rest.nodes[0]).toEqual({
      name: 'sum',
      op: 'input',
      inputs: [],
      attributes: { shape: [4, 4, 4] },
      block: 'block 0',
    })
    expect(rest.nodes.map((node) => node.name).slice(1, 3)).toEqual(['depthwise', 'pool'])
    expect(rest.output).toBe('head.logits')
  })

  it('refuses a layer that others pass by, and one that is not there', () => {
    expect(() => cutAt(graph, 'aNorm')).toThrow(/cannot be cut at 'aNorm'/)
    expect(() => cutAt({ ...graph, output: 'relu' }, 'sum')).toThrow(/cannot be cut at 'sum'/)
    expect(() => cutAt(graph, 'ghost')).toThrow(expect.objectContaining({ code: 'layer-not-found' }))
  })
})

describe('training modes', () => {
  const lite = findBackbone('efficientnet-lite0').build()

  it('freeze everything, two thirds of the blocks, or nothing', () => {
    const counts = Object.keys(trainingModeDefinitions).map((mode) => {
      const plan = freezePlanOf({ mode: mode as keyof typeof trainingModeDefinitions }, lite)
      return [mode, resolveTrainable(lite, plan).size]
    })
    expect(Object.fromEntries(counts)).toEqual({
      scratch: 98,
      'feature-extraction': 0,
      'fine-tune': 6 * 6 + 2,
      full: 98,
    })
    expect(freezePlanOf({ mode: 'fine-tune' }, lite)).toEqual({ kind: 'until', layer: '_blocks.9._add' })
  })

  it('give way to a plan of their own', () => {
    expect(freezePlanOf({ mode: 'full', freeze: { kind: 'all' } }, lite)).toEqual({ kind: 'all' })
  })
})
