import { z } from 'zod'
import { adjustableKindSchema, findingSchema, hygieneKindSchema, hygieneSummarySchema } from '../hygiene.ts'
import { defineRequests } from './define.ts'

export const hygieneRequests = defineRequests({
  /** What was found so far. Looks at nothing anew but what is stored. */
  'hygiene.summary': { input: z.object({ projectId: z.string() }), output: hygieneSummarySchema },
  /** Measures and compares what was not yet, as the job `scan`; answers when that ended. */
  'hygiene.scan': {
    input: z.object({ projectId: z.string() }),
    output: z.object({ images: z.number().int(), pairs: z.number().int() }),
  },
  /** Finds the nearest labelled images of every labelled one by features of the images, as a job `scan`; answers when that ended. */
  'hygiene.findNeighbours': {
    input: z.object({ projectId: z.string() }),
    output: z.object({ images: z.number().int() }),
  },
  /** Conflicts first, then the worst. */
  'hygiene.images': {
    input: z.object({ projectId: z.string(), kind: hygieneKindSchema }),
    output: z.object({ findings: z.array(findingSchema) }),
  },
  /** How many findings there would be with another limit, which stays as it is. */
  'hygiene.count': {
    input: z.object({ projectId: z.string(), kind: adjustableKindSchema, limit: z.number() }),
    output: z.object({
      findings: z.number().int(),
      /** More than half of all images are like that: it is how the data set is, and none is listed. */
      isUsual: z.boolean(),
    }),
  },
  /** From where on images are findings of a kind, kept with the project; null: as usual. */
  'hygiene.setLimit': {
    input: z.object({ projectId: z.string(), kind: adjustableKindSchema, limit: z.number().nullable() }),
    output: z.object({}),
  },
  /** These findings are none: they are no longer shown. Of near duplicates: these images are not of each other; of odd neighbours: their class is right. */
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
  /** Images get the class that their neighbours have, as one command. */
  'hygiene.takeNeighboursClass': {
    input: z.object({ projectId: z.string(), imageIds: z.array(z.number().int()).min(1) }),
    output: z.object({ changed: z.number().int() }),
  },
})
