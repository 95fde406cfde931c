import type { Recipe } from '../../../../../contract/recipes.ts'
import type { TrainPlan } from '../../../../../contract/train-plan.ts'
import { planOfRecipe } from '../../../../../models/training/recipes/index.ts'
import { trainingModeDefinitions } from '../../../../../models/training/modes.ts'

/**
 * What a recipe does: of a ladder, its first step.
 *
 * @param backbone in place of the recipe's
 */
export function firstPlanOf(recipe: Recipe, backbone?: string): TrainPlan {
  const step = recipe.ladder?.steps[0]
  return planOfRecipe(recipe, backbone === undefined ? {} : { backbone }, step)
}

/** Whether a recipe starts from published weights, which then must be on this computer. */
export function needsWeights(recipe: Recipe): boolean {
  return trainingModeDefinitions[firstPlanOf(recipe).mode].pretrained
}
