import { z } from 'zod'
import { engineIds } from './engine-ids.ts'

/** @see src/models/freeze.ts, which resolves it against a graph. */
export const freezePlanSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('all') }),
  z.object({ kind: z.literal('none') }),
  z.object({ kind: z.literal('until'), layer: z.string() }),
  z.object({ kind: z.literal('glob'), pattern: z.string() }),
  z.object({ kind: z.literal('layers'), trainable: z.array(z.string()) }),
  z.object({ kind: z.literal('first'), count: z.number().int().min(0) }),
])
export type FreezePlan = z.infer<typeof freezePlanSchema>

export const trainingModes = ['scratch', 'feature-extraction', 'fine-tune', 'full'] as const
export const optimizerNames = ['sgd', 'adam', 'adamw', 'rmsprop'] as const
export const scheduleNames = ['constant', 'cosine', 'step', 'one-cycle', 'exponential', 'plateau'] as const
export const classWeightings = ['none', 'balanced'] as const
export const samplings = ['shuffle', 'balanced'] as const

const rateSchema = z.number().positive().max(100)

/** One phase of gradual unfreezing: what is frozen in it, for how long, and its own rates. */
export const trainPhaseSchema = z.object({
  epochs: z.number().int().min(1).max(10_000),
  freeze: freezePlanSchema,
  /** Absent: the plan's. */
  learningRate: rateSchema.optional(),
  /** Absent: a tenth of the phase's `learningRate`. */
  learningRateBackbone: rateSchema.optional(),
})
export type TrainPhase = z.infer<typeof trainPhaseSchema>

/** Everything that decides a training, apart from the data. Defaults are the command line's. */
export const trainPlanSchema = z.object({
  backbone: z.string().default('efficientnet-lite0'),
  mode: z.enum(trainingModes).default('feature-extraction'),
  /** Which layers of the backbone stay as published. Absent: as the mode has it. */
  freeze: freezePlanSchema.optional(),
  /** Phases one after another, in place of `freeze`; their epochs add up to `epochs`. Schedules and warm-up begin anew in each. Empty: one phase. */
  phases: z.array(trainPhaseSchema).max(20).default([]),
  /** Layers between features and classes, as `512:relu,dropout:0.3`; empty: linear. */
  head: z.string().default(''),
  /** Height and width in pixels that images are scaled to; absent: the backbone's own. */
  inputSize: z.number().int().min(8).max(1024).optional(),
  /** What is subtracted from and divided into pixels scaled to 0..1, red first; absent: the backbone's own. */
  normalization: z
    .object({
      mean: z.tuple([z.number(), z.number(), z.number()]),
      standardDeviation: z.tuple([z.number().positive(), z.number().positive(), z.number().positive()]),
    })
    .optional(),
  epochs: z.number().int().min(1).max(10_000).default(10),
  batchSize: z.number().int().min(1).max(4096).default(32),
  /** Batches whose gradients are averaged before the optimiser takes a step. */
  accumulation: z.number().int().min(1).max(1024).default(1),
  optimizer: z.enum(optimizerNames).default('adam'),
  /** Of sgd and rmsprop. Absent: 0.9 for sgd, 0 for rmsprop. */
  momentum: z.number().min(0).lt(1).optional(),
  /** Of sgd. */
  nesterov: z.boolean().default(false),
  /** Absent: 0.01 for adamw, which decays apart from the gradient, and 0 for the others, where it is added to the gradient. Biases and normalisations are not decayed. */
  weightDecay: z.number().min(0).max(10).optional(),
  learningRate: rateSchema.default(1e-3),
  /** Rate of the thawed backbone layers; absent: a tenth of `learningRate`. */
  learningRateBackbone: rateSchema.optional(),
  /** Factor on the rate from each block of the backbone to the one below it (discriminative rates). */
  layerDecay: z.number().positive().max(1).default(1),
  schedule: z.enum(scheduleNames).default('constant'),
  /** Numbers of the schedule that differ from its defaults, by their names in models/training/schedules. */
  scheduleParameters: z.record(z.string(), z.number()).default({}),
  /** Epochs, fractions allowed, in which the rate rises linearly to where the schedule has it. */
  warmUpEpochs: z.number().min(0).max(1000).default(0),
  /** Share of the target that is spread over all classes. */
  labelSmoothing: z.number().min(0).lt(1).default(0),
  /** Largest global norm of the gradients; 0: no limit. */
  clipNorm: z.number().min(0).default(0),
  /** The parameter of mixup's Beta distribution; 0: none. */
  mixup: z.number().min(0).max(10).default(0),
  /** The parameter of cutmix's Beta distribution; 0: none. With mixup too, each batch takes one of them. */
  cutmix: z.number().min(0).max(10).default(0),
  classWeights: z.enum(classWeightings).default('none'),
  /** balanced: every class is drawn equally often, with repetition. */
  sampling: z.enum(samplings).default('shuffle'),
  /** Augmentations, as `flip,crop:4`; empty or `none`: none. @see src/models/training/augmentations.ts */
  augment: z.string().default(''),
  /** Different augmented variants of each image, which lets frozen layers be cached; 0: a new one in every epoch. */
  augmentVariants: z.number().int().min(0).max(100).default(4),
  /** Epochs without a better validation loss before it stops; 0: never. */
  earlyStopping: z.number().int().min(0).default(0),
  seed: z.number().int().min(0).max(0xffffffff).default(0),
  engine: z.enum(['auto', ...engineIds]).default('auto'),
})
export type TrainPlan = z.infer<typeof trainPlanSchema>
export type TrainPlanInput = z.input<typeof trainPlanSchema>
