import { z } from 'zod'
import { imageFilterSchema, imageGroupingSchema, imageSortSchema, savedViewSchema } from '../image-query.ts'
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
      grouping: imageGroupingSchema.default('none'),
    }),
    output: savedViewSchema,
  },
  'views.delete': {
    input: z.object({ projectId: z.string(), viewId: z.number().int() }),
    output: z.object({}),
  },
})
