import { z } from 'zod'

/**
 * What became of a suspect: nobody looked yet; it got another label; a person said that its label is right; it left the project; a person was not sure.
 */
export const suspectStates = ['open', 'relabelled', 'kept', 'dropped', 'unsure'] as const
export const suspectStateSchema = z.enum(suspectStates)
export type SuspectState = z.infer<typeof suspectStateSchema>

/** An image whose label is not the class that a head which did not see it takes it for. */
export const suspectSchema = z.object({
  imageId: z.number().int(),
  sha256: z.string(),
  /** The class it had when it was looked at. */
  givenClassId: z.number().int(),
  /** The likeliest class, out of fold. */
  suggestedClassId: z.number().int(),
  /** The class it has now; null: none. */
  classId: z.number().int().nullable(),
  /** Out of fold, of the class it had and of the suggested one. */
  givenProbability: z.number(),
  suggestedProbability: z.number(),
  /** 0 to 1: how likely its label is wrong. */
  score: z.number(),
  /** Whether confident learning takes it to be an error; the others may be, or are images that are hard to tell. */
  isLikely: z.boolean(),
  state: suspectStateSchema,
})
export type Suspect = z.infer<typeof suspectSchema>

/** What is known of the last search for label errors. */
export const labelCheckSchema = z.object({
  backbone: z.string(),
  /** Milliseconds since 1970. */
  createdAt: z.number(),
  seconds: z.number(),
  /** Labelled images that were looked at. */
  images: z.number().int(),
  folds: z.number().int(),
  /** Out of fold, on the labels there were. */
  accuracy: z.number(),
  /** Images whose label came, went or changed since; null: no longer known. */
  changed: z.number().int().nullable(),
})
export type LabelCheck = z.infer<typeof labelCheckSchema>

/** What a head that was trained on repaired labels does otherwise, on held-out images that both runs predicted. */
export const retrainEffectSchema = z.object({
  split: z.enum(['test', 'validation']),
  /** That both predicted; scored by the labels that the second run saw. */
  images: z.number().int(),
  /** Of them, those whose label differs between the runs. */
  relabelled: z.number().int(),
  /** Training images whose label differs between the runs, or that only one of them has. */
  repaired: z.number().int(),
  before: z.number(),
  after: z.number(),
  /** McNemar's exact test: b only the first has right, c only the second. */
  comparison: z.object({ b: z.number().int(), c: z.number().int(), p: z.number() }),
  /** Images of another prediction, those that became right first. */
  changes: z.array(
    z.object({
      /** Null where the image has left the project since. */
      imageId: z.number().int().nullable(),
      sha256: z.string(),
      truth: z.string(),
      before: z.string(),
      after: z.string(),
      /** Of what each predicted. */
      beforeProbability: z.number(),
      afterProbability: z.number(),
    }),
  ),
})
export type RetrainEffect = z.infer<typeof retrainEffectSchema>
