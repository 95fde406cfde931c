import { z } from 'zod'
import { imageClassSchema, imageMarksSchema, journalEntrySchema, splitSchema } from '../entities.ts'
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
  /** What is left out stays. A class that had the key loses it. */
  'classes.update': {
    input: z.object({
      projectId: z.string(),
      classId: z.number().int(),
      name: z.string().optional(),
      color: z
        .string()
        .regex(/^#[0-9a-f]{6}$/)
        .optional(),
      key: z.string().nullable().optional(),
    }),
    output: imageClassSchema,
  },
  /** Every class once, in their new order. */
  'classes.reorder': {
    input: z.object({ projectId: z.string(), classIds: z.array(z.number().int()) }),
    output: z.object({}),
  },
  /** The images of one class get another, and the first is deleted. */
  'classes.merge': {
    input: z.object({ projectId: z.string(), fromId: z.number().int(), intoId: z.number().int() }),
    output: changedImages,
  },
  /** A new class of these images, which lose those they had. */
  'classes.splitOff': {
    input: z.object({ projectId: z.string(), imageIds: z.array(z.number().int()).min(1), name: z.string() }),
    output: imageClassSchema,
  },
  /** Its images become unlabelled. */
  'classes.delete': {
    input: z.object({ projectId: z.string(), classId: z.number().int() }),
    output: changedImages,
  },
  /**
   * One command however many images; null takes every label away. `add` and `remove` leave other classes of the images as they are. Answered
   * after the durable commit.
   */
  'labels.set': {
    input: z.object({
      projectId: z.string(),
      imageIds: z.array(z.number().int()).min(1),
      classId: z.number().int().nullable(),
      mode: z.enum(['replace', 'add', 'remove']).default('replace'),
    }),
    output: changedImages,
  },
  /**
   * One command for all that a CSV file lists: columns `path` (or `sha256`) and `class`. Each image has that class alone afterwards; classes that
   * are not there are made. Answered after the durable commit; nothing is changed where the file is refused.
   */
  'labels.setListed': {
    input: z.object({
      projectId: z.string(),
      /** Absolute. Paths in it are relative to it, or absolute. */
      file: z.string(),
    }),
    output: z.object({
      /** Images that have the class of the file now. */
      applied: z.number().int(),
      /** Those among them that had another label, or none. */
      changed: z.number().int(),
      /** What the file calls images that are not in the project, or whose path could mean several, each once. */
      unknown: z.array(z.string()),
      /** Rows of images that name no class: their labels stay. */
      withoutClass: z.number().int(),
      /** Names of classes that were not there before. */
      madeClasses: z.array(z.string()),
    }),
  },
  /** What is left out stays. */
  'marks.set': {
    input: z.object({
      projectId: z.string(),
      imageIds: z.array(z.number().int()).min(1),
      ...imageMarksSchema.partial().shape,
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
  /** Groups of near duplicates, or of pictures taken right after each other, that are on several sides. */
  'splits.check': {
    input: z.object({
      projectId: z.string(),
      /** Looks for near duplicates first, where images were not compared yet. */
      scan: z.boolean().default(true),
    }),
    output: z.object({
      leaks: z.array(
        z.object({
          kind: z.enum(['near-duplicates', 'burst']),
          /** Of those that have a split. */
          imageIds: z.array(z.number().int()),
          splits: z.array(splitSchema),
        }),
      ),
      /** Images that were not compared yet. */
      toScan: z.number().int(),
    }),
  },
  /** Near duplicates are looked for first, and stay on one side. Stratified by class, stable as data grows; `keep` only places images that have no split. */
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
      /** Groups of near duplicates and bursts, each kept on one side; single images count as one each. */
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
  /** Undoes every command after this one, the newest first; null: all. */
  'journal.undoTo': {
    input: z.object({ projectId: z.string(), entryId: z.number().int().nullable() }),
    output: z.object({ undone: z.number().int() }),
  },
  'journal.undo': { input: z.object({ projectId: z.string() }), output: journalEntrySchema },
  'journal.redo': { input: z.object({ projectId: z.string() }), output: journalEntrySchema },
})
