import { z } from 'zod'
import { imageFilterSchema } from '../image-query.ts'
import { suggestionsStatusSchema, suggestionSourceSchema, suggestionStrategySchema } from '../suggestions.ts'
import { defineRequests } from './define.ts'

export const suggestionsRequests = defineRequests({
  'suggestions.status': {
    input: z.object({ projectId: z.string() }),
    output: suggestionsStatusSchema,
  },
  /** On: a head is fit in the background whenever labels have changed. Off ends one that is being fit. Kept with the project. */
  'suggestions.setEnabled': {
    input: z.object({ projectId: z.string(), enabled: z.boolean() }),
    output: suggestionsStatusSchema,
  },
  /** Whose classes are proposed: those of a run's model, or of the head that learns in the background (null). Kept with the project. */
  'suggestions.setRun': {
    input: z.object({ projectId: z.string(), runId: z.string().nullable() }),
    output: suggestionsStatusSchema,
  },
  /** Unlabelled images in the order in which to label them. */
  'suggestions.next': {
    input: z.object({
      projectId: z.string(),
      count: z.number().int().min(1).max(10_000),
      strategy: suggestionStrategySchema.default('mixed'),
      /** Of the strategies that draw. */
      seed: z.number().int().min(0).max(0xffffffff).default(0),
      /** Which images may be among them. */
      filter: imageFilterSchema.default({}),
      /** Waits until a head knows the labels there are, fitting it where none does. */
      fresh: z.boolean().default(false),
    }),
    output: z.object({
      source: suggestionSourceSchema,
      /** The class and its probability are null where nothing is known. */
      images: z.array(
        z.object({
          id: z.number().int(),
          classId: z.number().int().nullable(),
          probability: z.number().nullable(),
        }),
      ),
    }),
  },
  /** Computes what similarity is told by, for images that it is not there for; answers when it is. Its progress is that of a head. */
  'suggestions.compare': {
    input: z.object({ projectId: z.string() }),
    output: z.object({ images: z.number().int() }),
  },
  /** Ends what a head, or a comparison, is computed by. Labels that change later begin it again where suggestions are on. */
  'suggestions.stop': { input: z.object({ projectId: z.string() }), output: z.object({}) },
  /** The proposed classes of those among these images that have no label and are proposed one. */
  'suggestions.of': {
    input: z.object({
      projectId: z.string(),
      imageIds: z.array(z.number().int()).max(1000),
      /** Only classes that were brought along by a run's prediction. */
      givenOnly: z.boolean().default(false),
    }),
    output: z.object({
      suggestions: z.array(
        z.object({ imageId: z.number().int(), classId: z.number().int(), probability: z.number() }),
      ),
    }),
  },
  /** The unlabelled images that look like this one and are proposed the same class, nearest first, itself included. */
  'suggestions.alike': {
    input: z.object({
      projectId: z.string(),
      imageId: z.number().int(),
      most: z.number().int().min(1).max(1000).default(200),
    }),
    output: z.object({ imageIds: z.array(z.number().int()) }),
  },
  /** Labels as they were proposed: one command, whatever was proposed since. Images that have a label keep it. */
  'suggestions.accept': {
    input: z.object({
      projectId: z.string(),
      groups: z
        .array(z.object({ classId: z.number().int(), imageIds: z.array(z.number().int()).min(1) }))
        .min(1),
    }),
    output: z.object({ changed: z.number().int() }),
  },
})
