import { z } from 'zod'

/** What may be amiss with images, in the order that it is shown. */
export const hygieneKinds = [
  'exact-duplicates',
  'near-duplicates',
  'blurry',
  'dark',
  'bright',
  'grey',
  'tiny',
  'odd-aspect',
] as const
export const hygieneKindSchema = z.enum(hygieneKinds)
export type HygieneKind = z.infer<typeof hygieneKindSchema>

/** One thing that may be amiss: an image, or images that show the same. */
export const findingSchema = z.object({
  /** Of exact duplicates one, since files of the same bytes are one image. The best of several first. */
  imageIds: z.array(z.number().int()).min(1),
  /** Of exact duplicates every file. Absolute. */
  paths: z.array(z.string()),
  /** What it was found by: similarity 0 to 1 of duplicates, else sharpness, brightness, saturation, the shorter side in pixels, or the longer by the shorter. */
  value: z.number(),
  /** Its images, or the folders of its files, have different classes. */
  isConflict: z.boolean(),
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
    }),
  ),
  images: z.number().int(),
  /** Images that were not measured or not compared yet: what a scan would do. */
  toScan: z.number().int(),
})
export type HygieneSummary = z.infer<typeof hygieneSummarySchema>
