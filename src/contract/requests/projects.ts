import { z } from 'zod'
import { problemSchema, projectSchema, recentProjectSchema, statsSchema } from '../entities.ts'
import { defineRequests } from './define.ts'

export const projectsRequests = defineRequests({
  'projects.create': {
    input: z.object({ path: z.string(), name: z.string().optional() }),
    output: projectSchema,
  },
  'projects.open': { input: z.object({ path: z.string() }), output: projectSchema },
  'projects.close': { input: z.object({ projectId: z.string() }), output: z.object({}) },
  /** Those open in this core now. */
  'projects.opened': { input: z.object({}), output: z.object({ projects: z.array(projectSchema) }) },
  'projects.recent': { input: z.object({}), output: z.object({ projects: z.array(recentProjectSchema) }) },
  'projects.forgetRecent': { input: z.object({ path: z.string() }), output: z.object({}) },
  /** A project beside the pictures' folder or a data set's file, or in the data folder where that is read-only; returns an existing one for the same folder. */
  'projects.forFolder': { input: z.object({ folder: z.string() }), output: projectSchema },
  /** The sample project of drawn pictures, made at the first call. */
  'projects.sample': {
    input: z.object({
      path: z.string().optional(),
      images: z.number().int().min(2).max(1_000_000).optional(),
      sizePx: z.number().int().min(8).max(2048).optional(),
      classes: z.number().int().min(2).max(1000).optional(),
      seed: z.number().int().min(0).optional(),
      /** With wrong labels, near duplicates, blurred, dark, bright and grey pictures among them, as in real collections. */
      flaws: z.boolean().default(false),
    }),
    output: z.object({ project: projectSchema, images: z.number().int(), classes: z.number().int() }),
  },
  'projects.stats': { input: z.object({ projectId: z.string() }), output: statsSchema },
  'projects.check': {
    input: z.object({ projectId: z.string(), repair: z.boolean().default(false) }),
    output: z.object({ ok: z.boolean(), problems: z.array(problemSchema) }),
  },
})
