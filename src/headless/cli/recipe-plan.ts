import type { TrainPlan } from '../../contract/train-plan.ts'
import { trainPlanSchema } from '../../contract/train-plan.ts'
import type { Core } from '../../core/create-core.ts'
import { asUsageError, settingsOf, type PlanOptions } from './plan-options.ts'

/**
 * The plan that `thaw train` would have with these options; of a recipe that tries several, its first.
 *
 * @throws UsageError
 */
export async function recipePlan(
  core: Core,
  recipe: string | undefined,
  options: PlanOptions,
): Promise<TrainPlan> {
  const settings = settingsOf(options)
  if (recipe === undefined) return trainPlanSchema.parse(settings)
  try {
    return await core.request('recipes.plan', { recipe, settings })
  } catch (error) {
    throw asUsageError(error)
  }
}
