import { z } from 'zod'
import { trainPlanSchema, type TrainPlan } from './train-plan.ts'

/** Any of a plan's settings, without the defaults of the others. */
export type PlanSettings = Partial<TrainPlan>

/** Of each setting of a plan, the schema of its values alone. */
export const planSettingSchemas = Object.fromEntries(
  Object.entries(trainPlanSchema.shape).map(([name, schema]) => [
    name,
    schema instanceof z.ZodDefault ? schema.unwrap() : schema,
  ]),
) as unknown as Record<keyof TrainPlan, z.ZodType>

export const planSettingsSchema = z.strictObject(
  Object.fromEntries(Object.entries(planSettingSchemas).map(([name, schema]) => [name, schema.optional()])),
) as unknown as z.ZodType<PlanSettings, PlanSettings>

/** How much of a backbone is thawed, whichever it is: its last blocks that have parameters, by number or by share. */
export const thawingSchema = z.union([
  z.strictObject({ blocks: z.number().int().min(1) }),
  z.strictObject({ share: z.number().positive().max(1) }),
])
export type Thawing = z.infer<typeof thawingSchema>

const recipeStepSchema = z.strictObject({
  id: z.string(),
  plan: planSettingsSchema,
  thaw: thawingSchema.optional(),
})
export type RecipeStep = z.infer<typeof recipeStepSchema>

/** A way to train that people know by name. */
export const recipeSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
  /** Keys of the interface's messages. */
  title: z.string(),
  description: z.string(),
  /** What it decides; all else has a plan's defaults. */
  plan: planSettingsSchema,
  thaw: thawingSchema.optional(),
  /** Steps that are tried one after another, each a run of its own, as long as they pay. Each adds its settings to `plan`. */
  ladder: z
    .strictObject({ timeBudgetMinutes: z.number().positive(), steps: z.array(recipeStepSchema).min(2) })
    .optional(),
})
export type Recipe = z.infer<typeof recipeSchema>
