import { describe, expect, it } from 'vitest'
import { expectedTensors } from '../../../src/core/weights/foreign-names.ts'
import { foreignShape } from '../../../src/core/weights/source-axes.ts'
import { mapWeights } from '../../../src/core/weights/map-weights.ts'
import type { ForeignTensor } from '../../../src/core/weights/weights-file.ts'
import type { Backbone, Convention } from '../../../src/models/backbone.ts'
import { backbones } from '../../../src/models/catalog.ts'

const tables = backbones.flatMap((backbone) =>
  Object.keys(backbone.foreignNames ?? {}).map((convention) => ({
    id: backbone.meta.id,
    convention: convention as Convention,
    backbone,
  })),
)

/** A file that has exactly what the table asks for, without values. */
function fileBy(backbone: Backbone, convention: Convention): ForeignTensor[] {
  return expectedTensors(backbone, convention).flatMap(
    ({ parameter, constant, layer, weights }): ForeignTensor[] => {
      if (constant !== undefined) return []
      const weight = weights[0] ?? ''
      const shape = foreignShape(convention, parameter)
      const common = { dtype: 'F32', shape, read: () => new Uint8Array() } as const
      return convention === 'keras'
        ? [{ ...common, name: `${layer}/${weight}`, layers: [layer], weight }]
        : [{ ...common, name: `${layer}.${weight}` }]
    },
  )
}

describe('the tables of names beside the backbones', () => {
  it.each(tables)('of $id under $convention name every parameter once', ({ backbone, convention }) => {
    const tensors = fileBy(backbone, convention)
    expect(new Set(tensors.map(({ name }) => name)).size).toBe(tensors.length)
    const mapped = mapWeights({ tensors }, backbone)
    expect(mapped.classifier === null).toBe(backbone.buildClassifier === undefined)
    expect(mapped.dropped).toEqual([])
  })

  it('do not take one network for another', () => {
    for (const { id, backbone, convention } of tables) {
      const tensors = fileBy(backbone, convention)
      const takers = backbones.filter((other) => {
        try {
          return mapWeights({ tensors }, other).features.length > 0
        } catch {
          return false
        }
      })
      // Names and shapes are all there is: two ids may have the same, as they differ in strides only.
      expect(
        takers.map(({ meta }) => meta.id),
        `${id} under ${convention}`,
      ).toContain(id)
      expect(takers.map(({ meta }) => meta.family)).toEqual(takers.map(() => backbone.meta.family))
    }
  })
})
