import { AppError } from '../../../contract/errors.ts'
import { recipeSchema, type PlanSettings, type Recipe, type RecipeStep } from '../../../contract/recipes.ts'
import { trainPlanSchema, type TrainPlan } from '../../../contract/train-plan.ts'
import type { Backbone } from '../../backbone.ts'
import { findBackbone } from '../../catalog.ts'
import { thawLast } from '../thaw-last.ts'
import auto from './auto.json' with { type: 'json' }
import fineTuneLastBlock from './fine-tune-last-block.json' with { type: 'json' }
import fromScratch from './from-scratch.json' with { type: 'json' }
import fullFineTune from './full-fine-tune.json' with { type: 'json' }
import resnet18Cifar10 from './resnet18-cifar10.json' with { type: 'json' }
import vgg16FeatureExtraction from './vgg16-feature-extraction.json' with { type: 'json' }

/** Every recipe, in the order of lists. */
export const recipes: readonly Recipe[] = [
  auto,
  vgg16FeatureExtraction,
  resnet18Cifar10,
  fineTuneLastBlock,
  fullFineTune,
  fromScratch,
].map((recipe) => recipeSchema.parse(recipe))

/** @throws AppError 'recipe-not-found', listing the valid ones */
export function findRecipe(id: string): Recipe {
  const recipe = recipes.find((each) => each.id === id)
  if (recipe) return recipe
  const ids = recipes.map((each) => each.id)
  throw new AppError('recipe-not-found', `There is no recipe '${id}'; choose one of: ${ids.join(', ')}.`, {
    recipe: id,
    recipes: ids,
  })
}

/**
 * The plan of a recipe, or of one step of its ladder.
 *
 * @param settings what the person chose: it wins over the recipe's; with a mode, layers or phases of theirs, the recipe thaws nothing
 * @param find how the plan's backbone is resolved, where the person may have some of their own
 * @throws AppError 'backbone-not-found', 'plan-invalid'
 */
export function planOfRecipe(
  recipe: Recipe,
  settings: PlanSettings,
  step?: RecipeStep,
  find: (id: string) => Backbone = findBackbone,
): TrainPlan {
  const chosen = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined))
  const whole = trainPlanSchema.parse({ ...recipe.plan, ...step?.plan, ...chosen })
  // A recipe's own warm-up gives way to a shorter training.
  const warmUpEpochs = settings.warmUpEpochs ?? Math.min(whole.warmUpEpochs, whole.epochs / 4)
  const plan = { ...whole, warmUpEpochs }
  const thaw = step ? step.thaw : recipe.thaw
  const decided =
    settings.mode !== undefined || settings.freeze !== undefined || settings.phases !== undefined
  if (thaw === undefined || decided) return plan
  return { ...plan, freeze: thawLast(find(plan.backbone).build(plan.inputSize), thaw) }
}
