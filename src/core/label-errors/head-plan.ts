import { trainPlanSchema, type TrainPlan } from '../../contract/train-plan.ts'

/**
 * The plan of a run as it trains in seconds: its backbone frozen and as published, so that features come from the cache. Of a run that was frozen all
 * else stays, but for augmentation that is new in each epoch, which cannot be cached; another's rates and augmentation are not for a head.
 */
export function headPlan(plan: TrainPlan): TrainPlan {
  const { freeze, learningRateBackbone: _backboneRate, ...rest } = plan
  const isFrozen =
    plan.mode === 'feature-extraction' && plan.phases.length === 0 && (freeze?.kind ?? 'all') === 'all'
  const augment = isFrozen && plan.augmentVariants > 0 ? plan.augment : ''
  const learningRate = isFrozen ? plan.learningRate : trainPlanSchema.parse({}).learningRate
  return { ...rest, mode: 'feature-extraction', phases: [], augment, learningRate }
}
