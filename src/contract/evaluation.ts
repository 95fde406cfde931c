import { z } from 'zod'
import { interval95Schema, sha256Schema } from './entities.ts'

/** What softens or sharpens a model's probabilities so that they say how often it is right. */
export const temperatureSchema = z.object({
  /** Logits are divided by it: above 1 the model was too sure, below 1 not sure enough. */
  value: z.number().positive(),
  /** Images of the validation split that it was fitted on. */
  images: z.number().int(),
})
export type Temperature = z.infer<typeof temperatureSchema>

/** From how sure a prediction counts; below it the answer is 'not sure'. */
export const rejectionRuleSchema = z.object({
  /** The least probability of the predicted class. */
  threshold: z.number().min(0).max(1),
  /** Other thresholds for single predicted classes, by name. */
  byClass: z.record(z.string(), z.number().min(0).max(1)).default({}),
  /** Whether the run's temperature is applied to the probabilities first. */
  calibrated: z.boolean(),
})
export type RejectionRule = z.infer<typeof rejectionRuleSchema>

/** Why a run has no temperature: it has no predictions of a validation split, or too few mistakes in it to fit one. */
export const temperatureMissingReasons = ['no-validation', 'undetermined'] as const

/** What belongs to the evaluation of a run and is kept with it, until it is trained further. */
export const evaluationSettingsSchema = z.object({
  temperature: temperatureSchema.nullable(),
  temperatureMissing: z.enum(temperatureMissingReasons).nullable(),
  /** Null: every prediction counts. */
  rejection: rejectionRuleSchema.nullable(),
})
export type EvaluationSettings = z.infer<typeof evaluationSettingsSchema>

/** Points of a curve in the unit square, both of one length; few enough to draw. */
const curveSchema = z.object({
  x: z.array(z.number()),
  y: z.array(z.number()),
  /** Of the whole curve; null where it is not defined. */
  area: z.number().nullable(),
})

export const evaluationCurvesSchema = z.object({
  /** Null: an average. */
  class: z.string().nullable(),
  /** micro: every probability is one decision. macro: the mean of the classes' curves. */
  average: z.enum(['micro', 'macro']).nullable(),
  /** The share of decisions that are of the class: the precision of guessing. */
  prevalence: z.number(),
  /** True positive rate by false positive rate; its area is the AUC. */
  roc: curveSchema,
  /** Precision by recall; its area is the average precision. */
  precisionRecall: curveSchema,
})
export type EvaluationCurves = z.infer<typeof evaluationCurvesSchema>

export const reliabilityDiagramSchema = z.object({
  bins: z.array(
    z.object({
      low: z.number(),
      high: z.number(),
      examples: z.number().int(),
      /** The mean of the highest probabilities; null without examples, as what follows. */
      confidence: z.number().nullable(),
      accuracy: z.number().nullable(),
      /** Wilson's, of the accuracy. */
      interval95: interval95Schema.nullable(),
    }),
  ),
  /** The expected calibration error of these bins. */
  error: z.number(),
  /** The mean cross-entropy. */
  loss: z.number(),
  /** The mean of the highest probabilities, and how many predictions are right. */
  confidence: z.number(),
  accuracy: z.number(),
})
export type ReliabilityDiagram = z.infer<typeof reliabilityDiagramSchema>

export const rejectionCurveSchema = z.object({
  images: z.number().int(),
  /** By falling threshold: the share that is answered and how much of that is right. Few enough to draw. */
  points: z.array(z.object({ threshold: z.number(), coverage: z.number(), accuracy: z.number() })),
  /** The mean share of mistakes over all coverages. */
  riskArea: z.number(),
})
export type RejectionCurve = z.infer<typeof rejectionCurveSchema>

export const acceptanceSchema = z.object({
  images: z.number().int(),
  accepted: z.number().int(),
  /** Of the accepted ones. */
  correct: z.number().int(),
  /** Wilson's, of the accuracy of the accepted ones; null where none is. */
  interval95: interval95Schema.nullable(),
  /** Mistakes that are rejected, of so many. */
  mistakes: z.object({ rejected: z.number().int(), total: z.number().int() }),
  /** By predicted class, in the run's order. */
  byClass: z.array(
    z.object({
      class: z.string(),
      predicted: z.number().int(),
      accepted: z.number().int(),
      correct: z.number().int(),
    }),
  ),
})
export type Acceptance = z.infer<typeof acceptanceSchema>

/** What a split is cut into slices by. */
export const sliceKinds = ['folder', 'import', 'brightness', 'sharpness', 'size', 'view'] as const

export const sliceSchema = z.object({
  by: z.enum(sliceKinds),
  /** Tells it from the others of its kind. */
  key: z.string(),
  /** Of a folder, an import's source or a view; null where a range says what it is. */
  name: z.string().nullable(),
  /** From and to: brightness 0 to 1, sharpness as measured, size in pixels of the shorter side. */
  range: z.tuple([z.number(), z.number()]).nullable(),
  images: z.number().int(),
  accuracy: z.number(),
  interval95: interval95Schema,
  /** Of the split's other images. */
  restAccuracy: z.number(),
  /** Fisher's exact test of the slice against the rest, corrected for the number of slices by Benjamini and Hochberg. */
  p: z.number(),
  /** Whether `p` is below 0.05: the difference is beyond noise. */
  differs: z.boolean(),
})
export type Slice = z.infer<typeof sliceSchema>

/** Which images; what is absent does not matter. */
export const imageSelectionSchema = z.object({
  truth: z.string().optional(),
  predicted: z.string().optional(),
  wrong: z.boolean().optional(),
  slice: z.object({ by: z.enum(sliceKinds), key: z.string() }).optional(),
})
export type ImageSelection = z.infer<typeof imageSelectionSchema>

export const evaluatedImageSchema = z.object({
  /** Null where the image has left the project since. */
  imageId: z.number().int().nullable(),
  sha256: sha256Schema,
  truth: z.string(),
  predicted: z.string(),
  /** Of the predicted class. */
  probability: z.number(),
  truthProbability: z.number(),
  /** The cross-entropy of this image. */
  loss: z.number(),
})
export type EvaluatedImage = z.infer<typeof evaluatedImageSchema>
