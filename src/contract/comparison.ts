import { z } from 'zod'
import { sha256Schema, splitSchema } from './entities.ts'
import { trainPlanSchema } from './train-plan.ts'

/** Runs that can be compared at once. */
export const mostComparedRuns = 20

/** A setting of several runs, their values in the order of the runs; null: the run's plan leaves it to its default. */
export const settingRowSchema = z.object({
  key: z.string(),
  values: z.array(z.unknown()),
  differs: z.boolean(),
})
export type SettingRow = z.infer<typeof settingRowSchema>

/** Two runs' answers about the same images: the test images that both predicted, or the validation images where they share none. */
export const pairSchema = z.object({
  split: splitSchema,
  images: z.number().int(),
  /** Of the first run and of the second, on these images. */
  accuracies: z.tuple([z.number(), z.number()]),
  /** The second's accuracy less the first's, with its 95% interval by the paired bootstrap. */
  difference: z.number(),
  interval95: z.tuple([z.number(), z.number()]),
  /** McNemar's exact test: b images only the first has right, c only the second. */
  b: z.number().int(),
  c: z.number().int(),
  p: z.number(),
  /** Whether that is more than noise: p below 0.05. */
  significant: z.boolean(),
})
export type Pair = z.infer<typeof pairSchema>

const imageOfComparisonSchema = z.object({
  sha256: sha256Schema,
  /** Null where the image has left the project since. */
  imageId: z.number().int().nullable(),
  /** Where it was imported from; null where the project does not know it any more. */
  path: z.string().nullable(),
})

const answerSchema = z.object({ class: z.string(), probability: z.number() })

/** An image that two runs take for different classes. */
export const flipSchema = imageOfComparisonSchema.extend({
  /** Of the two runs' labels the later. */
  truth: z.string(),
  a: answerSchema,
  b: answerSchema,
})
export type Flip = z.infer<typeof flipSchema>

export const dataChangeKinds = ['label', 'split', 'added', 'removed'] as const
const placeSchema = z.object({ class: z.string(), split: splitSchema })

/** An image that two dataset versions have differently; `label` where its split changed too. */
export const dataChangeSchema = imageOfComparisonSchema.extend({
  kind: z.enum(dataChangeKinds),
  from: placeSchema.nullable(),
  to: placeSchema.nullable(),
})
export type DataChange = z.infer<typeof dataChangeSchema>

/** What a plain way to do it reaches on the images that a run is measured on. */
export const baselinesSchema = z.object({
  /** Always the class that is most frequent among the run's training images. */
  majority: z.object({ class: z.string(), accuracy: z.number(), images: z.number().int() }).nullable(),
  /** A run with the same backbone from random weights; `pair` is against it, the run itself second. */
  scratch: z.object({ runId: z.string(), pair: pairSchema.nullable() }).nullable(),
  /** A run with the same backbone frozen below a linear head. */
  frozenHead: z.object({ runId: z.string(), pair: pairSchema.nullable() }).nullable(),
  /** What to train for those that are missing. */
  plans: z.object({ scratch: trainPlanSchema, frozenHead: trainPlanSchema }),
})
export type Baselines = z.infer<typeof baselinesSchema>
