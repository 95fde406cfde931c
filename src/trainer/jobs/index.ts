import type { JobInput, JobKind, JobOutput } from '../../contract/jobs.ts'
import type { JobContext } from '../job-context.ts'
import { benchmark } from './benchmark.ts'
import { classify } from './classify.ts'
import { crossValidate } from './cross-validate.ts'
import { colorFilters } from './color-filters.ts'
import { estimate } from './estimate.ts'
import { explain } from './explain.ts'
import { features } from './features.ts'
import { findLearningRate } from './find-learning-rate.ts'
import { fit } from './fit.ts'
import { head } from './head.ts'
import { layerMaps } from './layer-maps.ts'
import { meanMap } from './mean-map.ts'
import { neighbours } from './neighbours.ts'
import { predict } from './predict.ts'
import { preview } from './preview.ts'
import { probe } from './probe.ts'

/** How each job of the contract is done. */
export const jobRunners: {
  readonly [Kind in JobKind]: (input: JobInput<Kind>, context: JobContext) => Promise<JobOutput<Kind>>
} = {
  fit,
  estimate,
  findLearningRate,
  features,
  head,
  crossValidate,
  predict,
  explain,
  neighbours,
  layerMaps,
  colorFilters,
  meanMap,
  classify,
  preview,
  benchmark,
  probe,
}
