import { beforeAll, describe, expect, it } from 'vitest'
import { AppError } from '../../../src/contract/errors.ts'
import { describeOwnBackbone } from '../../../src/core/own-backbones/describe-own-backbone.ts'
import { ownBackboneOf } from '../../../src/models/own-backbone.ts'
import { createRandom } from '../../../src/models/random.ts'
import { chooseEngine, testEngine } from '../../ml/engine.ts'
import { branchedModel, nestedClassifier } from './layers-models.ts'

const mutations = 600
const replacements: unknown[] = [
  null,
  -1,
  0,
  1e308,
  0.5,
  '',
  'image',
  'Conv2D',
  'Rescaling',
  true,
  [],
  [0],
  [['image', 0, 0]],
  {},
  { class_name: 'Conv2D', config: {} },
]

beforeAll(() => chooseEngine(testEngine))

/** Every place in a JSON value. */
function placesOf(value: unknown): { parent: Record<string, unknown>; key: string }[] {
  if (typeof value !== 'object' || value === null) return []
  const parent = value as Record<string, unknown>
  return Object.keys(parent).flatMap((key) => [{ parent, key }, ...placesOf(parent[key])])
}

describe('topologies with a place that was changed', () => {
  it.each([
    ['Functional', branchedModel],
    ['Sequential with a model in it', nestedClassifier],
  ] as const)('of a %s are read or refused, and nothing else', (_name, make) => {
    const model = make()
    const text = JSON.stringify(model.toJSON(null, false))
    model.dispose()
    const random = createRandom({ seed: 1, purpose: 'mutations' })
    const pick = <Item>(items: readonly Item[]): Item => items[random.uint32() % items.length] as Item
    let read = 0
    for (let count = 0; count < mutations; count += 1) {
      const topology = JSON.parse(text) as object
      const { parent, key } = pick(placesOf(topology))
      if (random.uint32() % 4 === 0 && !Array.isArray(parent)) delete parent[key]
      else parent[key] = pick(replacements)
      try {
        ownBackboneOf(describeOwnBackbone(topology, { id: 'mine' })).build()
        read += 1
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        expect(['weights-invalid', 'model-unsupported'], error.message).toContain(error.code)
      }
    }
    expect(read).toBeGreaterThan(mutations / 10)
    expect(read).toBeLessThan(mutations)
  })
})
