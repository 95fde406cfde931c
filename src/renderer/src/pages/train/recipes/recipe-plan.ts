import type { Recipe } from '../../../../../contract/recipes.ts'
import type { TrainPlan } from '../../../../../contract/train-plan.ts'
import type { Backbone } from '../../../../../models/backbone.ts'
import { planOfRecipe } from '../../../../../models/training/recipes/index.ts'
import { trainingModeDefinitions } from '../../../../../models/training/modes.ts'

/**
 * What a recipe does: of a ladder, its first step.
 *
 * @param backbone in place of the recipe's
 */
export function firstPlanOf(recipe: Recipe, backbone?: Backbone): TrainPlan {
  const step = recipe.ladder?.steps[0]
  return backbone === undefined
    ? planOfRecipe(recipe, {}, step)
    : planOfRecipe(recipe, { backbone: backbone.meta.id }, step, () => backbone)
}

/** Whether a recipe starts from published weights, which then must be on this computer. */
export function needsWeights(recipe: Recipe): boolean {
  return trainingModeDefinitions[firstPlanOf(recipe).mode].pretrained
}
