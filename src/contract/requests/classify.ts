import { z } from 'zod'
import { predictionSchema, skippedFileSchema } from '../entities.ts'
import { defineRequests } from './define.ts'

export const classifyRequests = defineRequests({
  /** ImageNet's classes of images by a backbone's own published classifier: in them a person sees that its weights are right. */
  'backbones.classify': {
    input: z.object({
      id: z.string(),
      /** Files, absolute. */
      paths: z.array(z.string()).min(1).max(1000),
      top: z.number().int().min(1).max(1000).default(5),
    }),
    output: z.object({ predictions: z.array(predictionSchema), skipped: z.array(skippedFileSchema) }),
  },
})
