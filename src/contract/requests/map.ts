import { z } from 'zod'
import { defineRequests } from './define.ts'

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
  /** Computes it anew, in a process of its own, and keeps it; one at a time for each project. */
  'map.compute': {
    input: z.object({ projectId: z.string() }),
    output: z.object({ images: z.number().int() }),
  },
  'map.cancel': { input: z.object({ projectId: z.string() }), output: z.object({}) },
})
