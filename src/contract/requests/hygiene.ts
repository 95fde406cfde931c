import { z } from 'zod'
import { findingSchema, hygieneKindSchema, hygieneSummarySchema } from '../hygiene.ts'
import { defineRequests } from './define.ts'

export const hygieneRequests = defineRequests({
  /** What was found so far. Looks at nothing anew but what is stored. */
  'hygiene.summary': { input: z.object({ projectId: z.string() }), output: hygieneSummarySchema },
  /** Measures and compares what was not yet, as the job `scan`; answers when that ended. */
  'hygiene.scan': {
    input: z.object({ projectId: z.string() }),
    output: z.object({ images: z.number().int(), pairs: z.number().int() }),
  },
  /** Conflicts first, then the worst. */
  'hygiene.images': {
    input: z.object({ projectId: z.string(), kind: hygieneKindSchema }),
    output: z.object({ findings: z.array(findingSchema) }),
  },
  /** These findings are none: they are no longer shown. Of near duplicates: these images are not of each other. */
  'hygiene.dismiss': {
    input: z.object({
      projectId: z.string(),
      kind: hygieneKindSchema,
      findings: z.array(z.array(z.number().int()).min(1)).min(1),
    }),
    output: z.object({ changed: z.number().int() }),
  },
  /** One of several images that show the same stays; it gets their class where it has none and they agree. The others are hidden. */
  'hygiene.keep': {
    input: z.object({
      projectId: z.string(),
      groups: z
        .array(z.object({ keepId: z.number().int(), imageIds: z.array(z.number().int()).min(1) }))
        .min(1),
    }),
    output: z.object({ removed: z.number().int() }),
  },
})
