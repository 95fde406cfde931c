import { describe, expect, test } from 'vitest'
import { findBackbone } from '../../../../../src/models/catalog.ts'
import { findRecipe, recipes } from '../../../../../src/models/training/recipes/index.ts'
import { en } from '../../../../../src/renderer/src/locales/en.ts'
import { firstPlanOf, needsWeights } from '../../../../../src/renderer/src/pages/train/recipes/recipe-plan.ts'
import { formOfPlan, planOfForm } from '../../../../../src/renderer/src/pages/train/train-form.ts'

describe('recipes in the interface', () => {
  test('have a title, a description, and names of their steps', () => {
    expect(Object.keys(en.recipes)).toEqual(recipes.map(({ id }) => id))
    for (const { ladder } of recipes) {
      for (const step of ladder?.steps ?? []) expect(Object.keys(en.groups.steps)).toContain(step.id)
    }
  })

  test('fill the form with a plan that it gives back', () => {
    for (const recipe of recipes) {
      const plan = firstPlanOf(recipe)
      expect(planOfForm(formOfPlan(plan), plan.mode !== 'feature-extraction'), recipe.id).toEqual(plan)
    }
  })

  test('of a ladder fill it with the first step', () => {
    expect(firstPlanOf(findRecipe('auto')).mode).toBe('feature-extraction')
  })

  test('take another backbone where theirs is not here', () => {
    const plan = firstPlanOf(findRecipe('fine-tune-last-block'), findBackbone('resnet18'))
    expect(plan.backbone).toBe('resnet18')
    expect(plan.freeze).toMatchObject({ kind: 'until' })
  })

  test('need weights, but for the one that begins with random ones', () => {
    expect(recipes.filter((recipe) => !needsWeights(recipe)).map(({ id }) => id)).toEqual(['from-scratch'])
  })
})
