import { z } from 'zod'

/** How the next images to label are chosen. mixed: those that a head is unsure of and that are unlike each other. */
export const suggestionStrategies = ['mixed', 'uncertainty', 'margin', 'diversity', 'random'] as const
export const suggestionStrategySchema = z.enum(suggestionStrategies)
export type SuggestionStrategy = z.infer<typeof suggestionStrategySchema>

/** What proposes classes: a linear head, the nearest labelled images where labels are too few for one, the model of a run, or nothing. */
export const suggestionSourceSchema = z.enum(['head', 'neighbours', 'run', 'none'])
export type SuggestionSource = z.infer<typeof suggestionSourceSchema>

const learningCurveSchema = z.array(z.object({ labels: z.number().int(), accuracy: z.number() }))
export type LearningCurve = z.infer<typeof learningCurveSchema>

/** What is known of the newest head, or of the run that proposes in its place. */
export const suggestionHeadSchema = z.object({
  source: suggestionSourceSchema,
  /** Images it learned from. */
  labelled: z.number().int(),
  /** Images it was asked of. */
  images: z.number().int(),
  /** On labels it did not see, by five folds, or on its validation images of a run; null where there are too few. */
  accuracy: z.number().nullable(),
  /** Milliseconds since 1970. */
  /** Of a run. */
  runId: z.string().nullable().default(null),
  createdAt: z.number(),
  seconds: z.number(),
})

export const suggestionsStatusSchema = z.object({
  enabled: z.boolean(),
  /** The run whose model proposes classes; null: the head that learns in the background. */
  runId: z.string().nullable(),
  /** waiting: until a training has ended. */
  state: z.enum(['idle', 'waiting', 'working', 'failed']),
  /** Of the work under way. features: of images that were never computed. */
  progress: z
    .object({
      phase: z.enum(['starting', 'features', 'training', 'predicting']),
      done: z.number(),
      total: z.number(),
      /** Images a second. */
      ratePerSecond: z.number().nullable(),
      secondsLeft: z.number().nullable(),
    })
    .nullable(),
  error: z
    .object({ code: z.string(), message: z.string(), details: z.record(z.string(), z.unknown()) })
    .nullable(),
  head: suggestionHeadSchema.nullable(),
  /** Unlabelled images whose class was brought along by a run's prediction: proposed whether heads are fit or not. */
  given: z.number().int(),
  /** How fast labels came lately, pauses left out; null where too few came to tell. */
  imagesPerHour: z.number().nullable(),
  /** The accuracy to expect with so many labels more; null where the learning curve does not bear it out. */
  expected: z.object({ moreLabels: z.number().int(), accuracy: z.number() }).nullable(),
})
export type SuggestionsStatus = z.infer<typeof suggestionsStatusSchema>
