import { z } from 'zod'
import {
  baselinesSchema,
  dataChangeSchema,
  flipSchema,
  mostComparedRuns,
  pairSchema,
  settingRowSchema,
} from '../comparison.ts'
import { splitSchema } from '../entities.ts'
import { defineRequests } from './define.ts'

const twoRuns = z.object({
  projectId: z.string(),
  /** The baseline. */
  from: z.string(),
  to: z.string(),
})

export const comparisonsRequests = defineRequests({
  /** Every setting of some runs, and each run's answers against the baseline's. */
  'comparisons.get': {
    input: z.object({
      projectId: z.string(),
      runIds: z.array(z.string()).min(2).max(mostComparedRuns),
      /** One of `runIds`. */
      baseline: z.string(),
    }),
    output: z.object({
      settings: z.array(settingRowSchema),
      /** In the order of `runIds`; null for the baseline itself, and where no image was predicted by both. */
      pairs: z.array(pairSchema.nullable()),
    }),
  },
  /** The images that two runs take for different classes, those of which the second is surest first. */
  'comparisons.flips': {
    input: twoRuns,
    output: z.object({
      /** Null where no image was predicted by both. */
      split: splitSchema.nullable(),
      /** Predicted by both. */
      images: z.number().int(),
      flips: z.array(flipSchema),
    }),
  },
  /** What changed from one run's dataset version to the other's. */
  'comparisons.data': {
    input: twoRuns.extend({
      /** Images listed of each kind; all are counted. */
      most: z.number().int().min(0).default(500),
    }),
    output: z.object({
      counts: z.object({
        label: z.number().int(),
        split: z.number().int(),
        added: z.number().int(),
        removed: z.number().int(),
      }),
      classes: z.object({ added: z.array(z.string()), removed: z.array(z.string()) }),
      changes: z.array(dataChangeSchema),
    }),
  },
  /** What guessing, training from scratch and a frozen backbone reach where this run is measured. */
  'comparisons.baselines': {
    input: z.object({ projectId: z.string(), runId: z.string() }),
    output: baselinesSchema,
  },
})
