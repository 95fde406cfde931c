import { z } from 'zod'

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
