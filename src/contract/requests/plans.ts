import { z } from 'zod'
import { trainPlanSchema } from '../train-plan.ts'
import { defineRequests } from './define.ts'

/** Settings of a training that have a name, in a project. */
export const savedPlanSchema = z.object({
  id: z.number().int(),
  name: z.string(),
  plan: trainPlanSchema,
  /** Milliseconds since 1970. */
  changedAt: z.number(),
})
export type SavedPlan = z.infer<typeof savedPlanSchema>

export const plansRequests = defineRequests({
  /** By name. */
  'plans.list': {
    input: z.object({ projectId: z.string() }),
    output: z.object({ plans: z.array(savedPlanSchema) }),
  },
  /** A new one; with `planId` that one becomes so. Its backbone, layers and settings are checked as for a training; its weights need not be there. */
  'plans.save': {
    input: z.object({
      projectId: z.string(),
      planId: z.number().int().optional(),
      name: z.string(),
      plan: trainPlanSchema,
    }),
    output: savedPlanSchema,
  },
  'plans.delete': {
    input: z.object({ projectId: z.string(), planId: z.number().int() }),
    output: z.object({}),
  },
})
