import { z } from 'zod'
import { splitNames } from '../entities.ts'
import { hygieneKinds } from '../hygiene.ts'
import { mapColoringSchema } from '../map.ts'
import { defineRequests } from './define.ts'

/** What images are coloured as, but for classes: a split, a kind of issue, a step of confidence (0: the lowest), right or wrong. */
const mapCategorySchema = z.enum([...splitNames, ...hygieneKinds, '0', '1', '2', '3', '4', 'right', 'wrong'])

export const mapRequests = defineRequests({
  /** Where each image lies on the map that was computed last; null where none was. All arrays are in one order. */
  'map.get': {
    input: z.object({ projectId: z.string() }),
    output: z.object({
      map: z
        .object({
          imageIds: z.array(z.number().int()),
          /** 0 to 1, of a square. */
          x: z.array(z.number()),
          y: z.array(z.number()),
          /** Null: unlabelled. */
          classIds: z.array(z.number().int().nullable()),
          /** Images that came since. */
          missing: z.number().int(),
        })
        .nullable(),
    }),
  },
  /**
   * What images are coloured as. Confidence is that of suggestions, or of a run on the images it was judged by; right and wrong are of a run. Images
   * that are in no category are in none: without a split, without an issue, not predicted.
   */
  'map.colors': {
    input: z.object({
      projectId: z.string(),
      by: mapColoringSchema.exclude(['class']),
      runId: z.string().nullable().default(null),
    }),
    output: z.object({
      categories: z.array(z.object({ category: mapCategorySchema, imageIds: z.array(z.number().int()) })),
    }),
  },
  /** Computes it anew, in a process of its own, and keeps it; one at a time for each project. */
  'map.compute': {
    input: z.object({ projectId: z.string() }),
    output: z.object({ images: z.number().int() }),
  },
  'map.cancel': { input: z.object({ projectId: z.string() }), output: z.object({}) },
})
