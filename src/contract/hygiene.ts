import { z } from 'zod'

/** What may be amiss with images, in the order that it is shown. */
export const hygieneKinds = [
  'exact-duplicates',
  'near-duplicates',
  'odd-neighbour',
  'blurry',
  'dark',
  'bright',
  'grey',
  'tiny',
  'odd-aspect',
] as const
export const hygieneKindSchema = z.enum(hygieneKinds)
export type HygieneKind = z.infer<typeof hygieneKindSchema>

/** Kinds that are told by a number, of which a person may say where it begins. */
export const adjustableKindSchema = hygieneKindSchema.exclude(['exact-duplicates'])
export type AdjustableKind = z.infer<typeof adjustableKindSchema>

/** Which limits a kind may have, in the unit of `Finding.value`. */
export interface LimitRange {
  readonly least: number
  readonly most: number
  readonly step: number
}

/** The least similarity that is kept of a comparison: limits below it would find nothing more. */
export const leastSimilarity = 0.88

/** The limits that can be chosen, by kind. */
export const limitRanges: Readonly<Record<AdjustableKind, LimitRange>> = {
  'near-duplicates': { least: leastSimilarity, most: 0.99, step: 0.005 },
  'odd-neighbour': { least: 0.1, most: 1, step: 0.05 },
  blurry: { least: 5, most: 500, step: 5 },
  dark: { least: 0.02, most: 0.5, step: 0.01 },
  bright: { least: 0.5, most: 0.99, step: 0.01 },
  grey: { least: 0.002, most: 0.1, step: 0.002 },
  tiny: { least: 8, most: 512, step: 8 },
  'odd-aspect': { least: 1.2, most: 10, step: 0.1 },
}

/** One thing that may be amiss: an image, or images that show the same. */
export const findingSchema = z.object({
  /** Of exact duplicates one, since files of the same bytes are one image. The best of several first. */
  imageIds: z.array(z.number().int()).min(1),
  /** Of exact duplicates every file. Absolute. */
  paths: z.array(z.string()),
  /**
   * What it was found by: similarity 0 to 1 of duplicates, by what share more of the neighbours have one other class than its own, else sharpness,
   * brightness, saturation, the shorter side in pixels, or the longer by the shorter.
   */
  value: z.number(),
  /** Its images, or the folders of its files, have different classes. */
  isConflict: z.boolean(),
  /** Of an odd neighbour: the labelled images that are most like it, the nearest first. */
  neighbourIds: z.array(z.number().int()),
  /** Of an odd neighbour: the class that most of them have. */
  neighbourClassId: z.number().int().nullable(),
})
export type Finding = z.infer<typeof findingSchema>

export const hygieneSummarySchema = z.object({
  kinds: z.array(
    z.object({
      kind: hygieneKindSchema,
      findings: z.number().int(),
      /** That the findings are of; of groups all of their images. */
      images: z.number().int(),
      conflicts: z.number().int(),
      /** Some of its images. */
      samples: z.array(z.number().int()),
      /** Findings are below or above it, in the unit of `Finding.value`. */
      limit: z.number(),
      /** What the limit is where nobody chose one. */
      usualLimit: z.number(),
    }),
  ),
  images: z.number().int(),
  /** Images that were not measured or not compared yet: what a scan would do. */
  toScan: z.number().int(),
  /** Labelled images whose neighbours are not known yet: what a look at neighbours would do. */
  toPlace: z.number().int(),
})
export type HygieneSummary = z.infer<typeof hygieneSummarySchema>
