import { z } from 'zod'

/** What the files of a feature cache are called: the trainer writes them, core shows and deletes them. */
export const featureCacheFiles = {
  /** The folder of a key. */
  key: /^[0-9a-f]{64}$/,
  /** Changed whenever the key is used. */
  used: 'used',
  about: 'about.json',
  recordsSuffix: '.records',
  indexSuffix: '.index',
  /** Of each record in an index. */
  indexEntryBytes: 48,
} as const

/** `about.json`: what the records of a key are. */
export const featureCacheAboutSchema = z.object({
  network: z.string(),
  boundary: z.string(),
  inputSize: z.number(),
  precision: z.string(),
  augmentation: z.string().nullable(),
})
export type FeatureCacheAbout = z.infer<typeof featureCacheAboutSchema>
