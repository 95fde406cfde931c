import { z } from 'zod'
import { imageFilterSchema, imageSortSchema, savedViewSchema } from '../entities.ts'
import { defineRequests } from './define.ts'

export const viewsRequests = defineRequests({
  /** By name. */
  'views.list': {
    input: z.object({ projectId: z.string() }),
    output: z.object({ views: z.array(savedViewSchema) }),
  },
  /** A new view; with `viewId` that one becomes so. */
  'views.save': {
    input: z.object({
      projectId: z.string(),
      viewId: z.number().int().optional(),
      name: z.string(),
      filter: imageFilterSchema,
      sort: imageSortSchema,
    }),
    output: savedViewSchema,
  },
  'views.delete': {
    input: z.object({ projectId: z.string(), viewId: z.number().int() }),
    output: z.object({}),
  },
})
