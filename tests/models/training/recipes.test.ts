import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { trainPlanSchema, type TrainPlan } from '../../../src/contract/train-plan.ts'
import { checkPlan } from '../../../src/core/runs/check-plan.ts'
import { backbones, findBackbone } from '../../../src/models/catalog.ts'
import { resolveTrainable } from '../../../src/models/freeze.ts'
import { parametersOf } from '../../../src/models/shapes.ts'
import { freezePlanOf } from '../../../src/models/training/modes.ts'
import { findRecipe, planOfRecipe, recipes } from '../../../src/models/training/recipes/index.ts'

const folder = join(import.meta.dirname, '../../../src/models/training/recipes')
const auto = findRecipe('auto')
const check = (plan: TrainPlan): void => checkPlan(plan, findBackbone(plan.backbone), 5)

describe('recipes', () => {
  it('are the data files beside their list, each once', () => {
    const files = readdirSync(folder).filter((name) => name.endsWith('.json'))
    expect(recipes.map(({ id }) => `${id}.json`).sort()).toEqual(files.sort())
    for (const { id } of recipes) {
      expect(JSON.parse(readFileSync(join(folder, `${id}.json`), 'utf8'))).toMatchObject({ id })
    }
  })

  it('are valid plans of their backbone, with every step', () => {
    for (const recipe of recipes) {
      const steps = recipe.ladder?.steps ?? [undefined]
      for (const step of steps) {
        expect(() => check(planOfRecipe(recipe, {}, step)), `${recipe.id} ${step?.id}`).not.toThrow()
      }
    }
  })

  it('say no more than they decide: all else is as without them', () => {
    expect(planOfRecipe(findRecipe('resnet18-cifar10'), {})).toEqual({
      ...trainPlanSchema.parse({}),
      backbone: 'resnet18',
      inputSize: 32,
      // The dataset's own, as its literature has them.
      normalization: { mean: [0.4914, 0.4822, 0.4465], standardDeviation: [0.2023, 0.1994, 0.201] },
      augment: 'flip,crop:4',
      batchSize: 64,
    })
    expect(planOfRecipe(findRecipe('vgg16-feature-extraction'), {})).toMatchObject({
      backbone: 'vgg16',
      mode: 'feature-extraction',
      head: 'flatten,1024:relu',
    })
  })

  it('give way to what a person chose', () => {
    const chosen = { backbone: 'mobilenet_v2_1.0', epochs: 3, learningRate: 0.01, name: undefined }
    const plan = planOfRecipe(findRecipe('fine-tune-last-block'), chosen)
    expect(plan).toMatchObject({
      backbone: 'mobilenet_v2_1.0',
      epochs: 3,
      learningRate: 0.01,
      schedule: 'cosine',
    })
    const own = { kind: 'first', count: 4 } as const
    expect(planOfRecipe(findRecipe('fine-tune-last-block'), { freeze: own }).freeze).toEqual(own)
    expect(planOfRecipe(findRecipe('fine-tune-last-block'), { mode: 'full' }).freeze).toBeUndefined()
  })

  it('warm up for no longer than a short training has', () => {
    const recipe = findRecipe('from-scratch')
    expect(planOfRecipe(recipe, {}).warmUpEpochs).toBe(3)
    expect(planOfRecipe(recipe, { epochs: 2 }).warmUpEpochs).toBe(0.5)
    expect(() => check(planOfRecipe(recipe, { epochs: 1 }))).not.toThrow()
    expect(planOfRecipe(recipe, { epochs: 2, warmUpEpochs: 2 }).warmUpEpochs).toBe(2)
  })

  it('that are not there are named with those that are', () => {
    expect(() => findRecipe('magic')).toThrow(/'magic'; choose one of: auto, vgg16-feature-extraction,/)
  })
})

describe('the ladder', () => {
  it.each(backbones.map(({ meta }) => meta.id))('thaws more at every step, from the top, on %s', (id) => {
    const { meta, build } = findBackbone(id)
    const graph = build(meta.inputSize)
    const layers = [...new Set(parametersOf(graph).map(({ node }) => node))]
    const trained = auto.ladder!.steps.map((step) => {
      const plan = planOfRecipe(auto, { backbone: id }, step)
      const trainable = resolveTrainable(graph, freezePlanOf(plan, graph))
      return layers.filter((name) => trainable.has(name))
    })
    const counts = trained.map(({ length }) => length)
    expect(counts[0]).toBe(0)
    expect(counts[1]).toBeGreaterThan(0)
    expect(counts[2]).toBeGreaterThanOrEqual(counts[1]!)
    expect(counts[2]).toBeLessThan(counts[3]!)
    expect(counts[3]).toBe(layers.length)
    // Those trained come after all that are frozen.
    for (const names of trained) expect(names).toEqual(layers.slice(layers.length - names.length))
  })
})
