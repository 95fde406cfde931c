import { describe, expect, it } from 'vitest'
import type { Backbone } from '../../../../src/contract/entities.ts'
import { groupBackbones } from '../../../../src/renderer/src/pages/backbones/backbone-groups.ts'

const backbone = (id: string, family: string, installed = false) =>
  ({ id, family, installed, licence: 'Apache-2.0' }) as Backbone
const all = [backbone('vgg16', 'VGG', true), backbone('resnet18', 'ResNet'), backbone('vgg19', 'VGG')]
const shown = (query: string, onlyInstalled = false) =>
  groupBackbones(all, query, onlyInstalled).map(
    ({ family, backbones }) => `${family}: ${backbones.map(({ id }) => id).join(' ')}`,
  )

describe('groupBackbones', () => {
  it('puts the members of a family together, families in their order', () => {
    expect(shown('')).toEqual(['VGG: vgg16 vgg19', 'ResNet: resnet18'])
  })

  it("puts the person's own models before them", () => {
    const own = { ...backbone('mine', 'Own models', true), own: {} } as Backbone
    const families = groupBackbones([...all, own], '', false).map(({ family }) => family)
    expect(families).toEqual(['Own models', 'VGG', 'ResNet'])
  })

  it('finds all words of a query, in any case', () => {
    expect(shown('VGG 19')).toEqual(['VGG: vgg19'])
    expect(shown('resnet vgg')).toEqual([])
    expect(shown(' apache ')).toHaveLength(2)
  })

  it('shows only what is installed where that is asked for', () => {
    expect(shown('', true)).toEqual(['VGG: vgg16'])
  })
})
