import { z } from 'zod'
import { trainPlanSchema } from '../train-plan.ts'
import { defineRequests } from './define.ts'

export const augmentationsRequests = defineRequests({
  /** Variants of one image, as a training with these settings would see them in its first epochs. */
  'augmentations.preview': {
    input: z.object({
      projectId: z.string(),
      imageId: z.number().int(),
      /** As in a plan. */
      augment: trainPlanSchema.shape.augment,
      seed: trainPlanSchema.shape.seed,
      count: z.number().int().min(1).max(64).default(16),
      /** Height and width in pixels. */
      inputSize: z.number().int().min(8).max(1024).default(224),
    }),
    output: z.object({
      /** Media URLs of JPEG files, in the order of the variants; equal settings give equal URLs. */
      urls: z.array(z.string()),
    }),
  },
})
