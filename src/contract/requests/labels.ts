import { z } from 'zod'
import { imageClassSchema, journalEntrySchema, splitSchema } from '../entities.ts'
import { defineRequests } from './define.ts'

const changedImages = z.object({ changed: z.number().int() })

export const labelsRequests = defineRequests({
  'classes.list': {
    input: z.object({ projectId: z.string() }),
    output: z.object({ classes: z.array(imageClassSchema) }),
  },
  'classes.create': {
    input: z.object({ projectId: z.string(), name: z.string() }),
    output: imageClassSchema,
  },
  'classes.rename': {
    input: z.object({ projectId: z.string(), classId: z.number().int(), name: z.string() }),
    output: imageClassSchema,
  },
  /** Its images become unlabelled. */
  'classes.delete': {
    input: z.object({ projectId: z.string(), classId: z.number().int() }),
    output: changedImages,
  },
  /** One command however many images; null takes the label away. Answered after the durable commit. */
  'labels.set': {
    input: z.object({
      projectId: z.string(),
      imageIds: z.array(z.number().int()).min(1),
      classId: z.number().int().nullable(),
    }),
    output: changedImages,
  },
  /** Hides images from the project; the files stay where they are. */
  'images.remove': {
    input: z.object({ projectId: z.string(), imageIds: z.array(z.number().int()).min(1) }),
    output: changedImages,
  },
  'splits.set': {
    input: z.object({
      projectId: z.string(),
      imageIds: z.array(z.number().int()).min(1),
      split: splitSchema.nullable(),
    }),
    output: changedImages,
  },
  /** Stratified by class, stable as data grows; `keep` only places images that have no split. */
  'splits.make': {
    input: z.object({
      projectId: z.string(),
      validation: z.number().min(0).max(0.9).default(0.15),
      test: z.number().min(0).max(0.9).default(0.15),
      seed: z.number().int().min(0).default(0),
      keep: z.boolean().default(false),
    }),
    output: z.object({
      train: z.number().int(),
      validation: z.number().int(),
      test: z.number().int(),
      /** Groups of identical images kept on one side; single images count as one each. */
      groups: z.number().int(),
      /** Classes too small to be in every split. */
      warnings: z.array(
        z.object({ class: z.string(), images: z.number().int(), missingFrom: z.array(splitSchema) }),
      ),
    }),
  },
  'journal.list': {
    input: z.object({ projectId: z.string(), limit: z.number().int().min(1).max(500).default(50) }),
    output: z.object({ entries: z.array(journalEntrySchema), canUndo: z.boolean(), canRedo: z.boolean() }),
  },
  'journal.undo': { input: z.object({ projectId: z.string() }), output: journalEntrySchema },
  'journal.redo': { input: z.object({ projectId: z.string() }), output: journalEntrySchema },
})
