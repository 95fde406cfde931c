import { z } from 'zod'
import { imageStatusSchema, splitSchema } from './entities.ts'
import { hygieneKinds } from './hygiene.ts'

/** Of the shorter side in pixels: each is from its bound up to the next. */
export const imageSides = [0, 64, 128, 256, 512, 1024, 2048] as const

/** What hygiene finds of an image. conflict: among duplicates of different classes. */
export const imageIssues = [...hygieneKinds, 'conflict'] as const
export const imageIssueSchema = z.enum(imageIssues)
export type ImageIssue = z.infer<typeof imageIssueSchema>

/** Each part narrows what passes; of several values of a part any will do. An absent part takes all. */
export const imageFilterSchema = z.object({
  /** Class ids, with null for unlabelled. */
  classIds: z.array(z.number().int().nullable()).optional(),
  /** Splits, with null for unassigned. */
  splits: z.array(splitSchema.nullable()).optional(),
  statuses: z.array(imageStatusSchema).optional(),
  /** With a flag, or (false) without. */
  flagged: z.boolean().optional(),
  unsure: z.boolean().optional(),
  noted: z.boolean().optional(),
  /** Part of the relative path, in any case of letters. */
  text: z.string().optional(),
  /** The imports that brought them, with null for those that came otherwise. */
  importIds: z.array(z.number().int().nullable()).optional(),
  issues: z.array(imageIssueSchema).optional(),
  /** Of `imageSides`, with null for images whose size is not known yet. */
  sides: z.array(z.number().int().nullable()).optional(),
  /** The run whose predictions `predictedIds`, `correct` and `confidence` are of; absent: the newest head of suggestions. Narrows nothing itself. */
  run: z.string().optional(),
  /** Predicted classes, with null for images without a prediction. */
  predictedIds: z.array(z.number().int().nullable()).optional(),
  /** Whether the prediction is right: of a run by the label it was scored by, of suggestions by the label there is. Without a label it is neither. */
  correct: z.boolean().optional(),
  /** From and to which probability of the predicted class, both included; 0 to 1. */
  confidence: z.tuple([z.number().min(0).max(1), z.number().min(0).max(1)]).optional(),
})
export type ImageFilter = z.infer<typeof imageFilterSchema>

/**
 * path, name: digits by their number. imported: when it came. taken: by the camera, else the file's time. pixels: in all. confidence: probability of
 * the predicted class. margin: by how much that exceeds the second. similarity: to `likeId`, the most similar first.
 */
export const imageSortKeys = [
  'path',
  'name',
  'imported',
  'taken',
  'class',
  'split',
  'pixels',
  'brightness',
  'sharpness',
  'confidence',
  'margin',
  'similarity',
] as const
export const imageSortKeySchema = z.enum(imageSortKeys)
export type ImageSortKey = z.infer<typeof imageSortKeySchema>

/** What is not known comes last, either way. Equal ones are by path. */
export const imageSortSchema = z.object({
  by: imageSortKeySchema.default('path'),
  descending: z.boolean().default(false),
  /** The image that others are compared with, by similarity. */
  likeId: z.number().int().optional(),
})
export type ImageSort = z.infer<typeof imageSortSchema>

/** folder: the one an image lies in. import: what brought it. taken, imported: the day, by the clock of this computer. */
export const imageGroupings = [
  'none',
  'class',
  'split',
  'folder',
  'import',
  'taken',
  'imported',
  'predicted',
] as const
export const imageGroupingSchema = z.enum(imageGroupings)
export type ImageGrouping = z.infer<typeof imageGroupingSchema>

/** A class, split, folder, import or day (`2026-01-31`); null: none, or not known. */
export const groupValueSchema = z.union([z.string(), z.number(), z.null()])
export type GroupValue = z.infer<typeof groupValueSchema>

export const imageGroupSchema = z.object({ value: groupValueSchema, count: z.number().int() })
export type ImageGroup = z.infer<typeof imageGroupSchema>

/** Parts of a filter whose values can be counted. marks: flagged, unsure, noted. correct: true or false as text. confidence: tenths, 0 to 9. */
export const imageFacets = [
  'classIds',
  'splits',
  'statuses',
  'marks',
  'importIds',
  'issues',
  'sides',
  'predictedIds',
  'correct',
  'confidence',
] as const
export const imageFacetSchema = z.enum(imageFacets)
export type ImageFacet = z.infer<typeof imageFacetSchema>

/** Which images are shown, how they are ordered and grouped, by a name. */
export const savedViewSchema = z.object({
  id: z.number().int(),
  name: z.string(),
  filter: imageFilterSchema,
  sort: imageSortSchema,
  grouping: imageGroupingSchema,
})
export type SavedView = z.infer<typeof savedViewSchema>
