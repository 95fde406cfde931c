import { z } from 'zod'
import {
  conventionSchema,
  backboneSpeedSchema,
  engineProbeSchema,
  epochSchema,
  learningRateSearchSchema,
  runEstimateSchema,
  skippedFileSchema,
  splitSchema,
  testResultSchema,
} from './entities.ts'
import { ownBackboneSchema } from './own-backbone.ts'
import { trainPlanSchema } from './train-plan.ts'
import { explainMethodSchema, explanationSchema, spatialLayerSchema } from './explanation.ts'
import { engineIdSchema } from './engine-ids.ts'

/** An image as the trainer sees it. */
export const manifestImageSchema = z.object({
  path: z.string(),
  /** Its order in shuffling derives from this and the relative path, never from a database id. */
  sha256: z.string(),
  relativePath: z.string(),
  /** Index into `classes`; -1: unlabelled. */
  classIndex: z.number().int(),
  split: splitSchema.nullable(),
})
export type ManifestImage = z.infer<typeof manifestImageSchema>

/** `runs/<id>/manifest.json`, or a temporary file for a short job. */
export const manifestSchema = z.object({ classes: z.array(z.string()), images: z.array(manifestImageSchema) })
export type Manifest = z.infer<typeof manifestSchema>

/** The canonical weights of a backbone: a safetensors file, tensors named by graph node. */
export const weightsReferenceSchema = z.object({
  backbone: z.string(),
  path: z.string(),
  sha256: z.string(),
  /** Whose they are, as publishers prepare images differently; absent: the backbone's first. */
  convention: conventionSchema.optional(),
})
export type WeightsReference = z.infer<typeof weightsReferenceSchema>

/** What `head` reads: a file of its own, as it has many images and is written seldom. */
export const headImagesSchema = z.array(z.object({ path: z.string(), sha256: z.string() }))
export type HeadImage = z.infer<typeof headImagesSchema>[number]

const cacheSchema = z.object({
  /** `cache/features` of the project. */
  folder: z.string(),
  memoryBudgetBytes: z.number(),
  diskBudgetBytes: z.number(),
})

const bytesSchema = z.custom<Uint8Array>((value) => value instanceof Uint8Array)

const planJobInput = z.object({
  manifestPath: z.string(),
  plan: trainPlanSchema,
  /** What the plan's backbone is, where it is the person's own; absent: it is of the catalogue. */
  own: ownBackboneSchema.optional(),
  weights: weightsReferenceSchema.nullable(),
  cache: cacheSchema,
})

/** Every job of the trainer: what it is given and what it answers. Paths are absolute. */
export const jobs = {
  /** Trains, checkpoints each epoch in `runFolder`, leaves `model.safetensors` and `model.json`, predicts validation and test. */
  fit: {
    input: z.object({
      runFolder: z.string(),
      manifestPath: z.string(),
      plan: trainPlanSchema,
      /** As of the jobs on plans below. */
      own: ownBackboneSchema.optional(),
      weights: weightsReferenceSchema.nullable(),
      cache: cacheSchema,
      /** Go on from the last whole checkpoint in `runFolder`, where there is one; the plan may have more epochs than it had. */
      resume: z.boolean().optional(),
    }),
    output: z.object({
      /** completed, or stopped by request. */
      status: z.enum(['completed', 'stopped']),
      epochs: z.array(epochSchema),
      bestEpoch: z.number().int().nullable(),
      trainableParameters: z.number().int(),
      totalParameters: z.number().int(),
      modelSha256: z.string(),
      validation: testResultSchema.nullable(),
      test: testResultSchema.nullable(),
      /** `predictions-<split>.f32` in the run folder: float32 `[images, classes]` probabilities, images of that split in manifest order. */
      predictions: z.array(z.object({ split: splitSchema, path: z.string(), images: z.number().int() })),
      /** Images that could not be read and were left out of all of it. */
      skipped: z.array(skippedFileSchema),
      seconds: z.object({
        features: z.number(),
        training: z.number(),
        evaluation: z.number(),
        total: z.number(),
      }),
      peakRssBytes: z.number().int(),
    }),
  },
  /** What a fit would take, after a calibration of some seconds on a few of its images. To be run in a process of its own, for its memory. */
  estimate: {
    input: planJobInput,
    output: runEstimateSchema,
  },
  /** Losses of batches while the rate rises from one to the next, and a rate to train with. Nothing of it is kept but the features. */
  findLearningRate: {
    input: planJobInput,
    output: learningRateSearchSchema,
  },
  /** Features of every image of the manifest at `layer` (null: the feature layer), written to `outPath` as raw little-endian float32 rows. */
  features: {
    input: z.object({
      manifestPath: z.string(),
      weights: weightsReferenceSchema,
      /** What their backbone is, where it is the person's own. */
      own: ownBackboneSchema.optional(),
      layer: z.string().nullable(),
      engine: trainPlanSchema.shape.engine,
      outPath: z.string(),
      cache: cacheSchema,
    }),
    output: z.object({
      images: z.number().int(),
      features: z.number().int(),
      seconds: z.number(),
      cached: z.number().int(),
      skipped: z.array(skippedFileSchema),
    }),
  },
  /**
   * Predicts all images by a linear head on the features that training caches, fit to those that are labelled; these themselves are predicted
   * out of fold. Leaves two files of raw little-endian float32 rows in the order of the images, NaN for those that cannot be read:
   * probabilities `[images, classes]` (NaN where nothing is known) and reduced features `[images, features]`, whose distances tell likeness.
   */
  head: {
    input: z.object({
      /** JSON as `headImagesSchema` has it. */
      imagesPath: z.string(),
      classes: z.number().int().min(0),
      /** Of each image the index of its class; -1: unlabelled. */
      labels: z.array(z.number().int().min(-1)),
      weights: weightsReferenceSchema,
      engine: trainPlanSchema.shape.engine,
      probabilitiesPath: z.string(),
      featuresPath: z.string(),
      cache: cacheSchema,
    }),
    output: z.object({
      /** What predicted: a head, the nearest labelled images where labels are too few for one, or nothing. */
      source: z.enum(['head', 'neighbours', 'none']),
      labelled: z.number().int(),
      /** Values of a reduced feature. */
      features: z.number().int(),
      /** Out of fold; null where there are too few labels to judge by. */
      accuracy: z.number().nullable(),
      /** The same by how many labels a head was fit to, rising. */
      curve: z.array(z.object({ labels: z.number().int(), accuracy: z.number() })),
      cached: z.number().int(),
      skipped: z.array(skippedFileSchema.extend({ position: z.number().int() })),
      seconds: z.number(),
    }),
  },
  /**
   * Predicts labelled images by linear heads that did not see them, each fit to the other folds. Leaves the same two files as `head`, of these images.
   */
  crossValidate: {
    input: z.object({
      /** JSON as `headImagesSchema` has it. */
      imagesPath: z.string(),
      classes: z.number().int().min(2),
      /** Of each image the index of its class. */
      labels: z.array(z.number().int().min(0)),
      /** Of each image: those with the same number stay in one fold. */
      groups: z.array(z.number().int()),
      folds: z.number().int().min(2),
      seed: z.number().int().min(0),
      weights: weightsReferenceSchema,
      /** What their backbone is, where it is the person's own. */
      own: ownBackboneSchema.optional(),
      engine: trainPlanSchema.shape.engine,
      probabilitiesPath: z.string(),
      featuresPath: z.string(),
      cache: cacheSchema,
    }),
    output: z.object({
      /** Values of a reduced feature. */
      features: z.number().int(),
      /** Fewer than asked for where there are few images. */
      folds: z.number().int(),
      /** On the labels given. */
      accuracy: z.number(),
      cached: z.number().int(),
      skipped: z.array(skippedFileSchema.extend({ position: z.number().int() })),
      seconds: z.object({ features: z.number(), total: z.number() }),
    }),
  },
  /** Probabilities of `paths` by the model in `runFolder`, written to `outPath` as float32 `[paths less skipped, classes]`. */
  predict: {
    input: z.object({
      runFolder: z.string(),
      paths: z.array(z.string()),
      weights: weightsReferenceSchema.nullable(),
      engine: trainPlanSchema.shape.engine,
      outPath: z.string(),
    }),
    output: z.object({
      /** Indexes into `paths`, in the order of the rows. */
      rows: z.array(z.number().int()),
      classes: z.array(z.string()),
      skipped: z.array(skippedFileSchema),
    }),
  },
  /** A heat map of what in one image speaks for a class, by the model in `runFolder`, which is kept for the next image. */
  explain: {
    input: z.object({
      runFolder: z.string(),
      path: z.string(),
      /** That the file must have; empty: whatever it has. */
      sha256: z.string(),
      weights: weightsReferenceSchema.nullable(),
      engine: trainPlanSchema.shape.engine,
      method: explainMethodSchema,
      /** Null: the most probable one. */
      class: z.string().nullable(),
      /** Null: the last one before the pooling of the features. */
      layer: z.string().nullable(),
    }),
    output: explanationSchema.extend({
      /** float32 `[height, width]` of the layer, or of the grid of occlusions; in [0, 1]. */
      map: z.object({
        height: z.number().int(),
        width: z.number().int(),
        values: z.custom<Float32Array>((value) => value instanceof Float32Array),
      }),
      /** The map as a grey 8-bit PNG of `inputSize`. */
      overlay: bytesSchema,
    }),
  },
  /** The training images that are nearest to one image in the feature space of the model in `runFolder`, nearest first. */
  neighbours: {
    input: z.object({
      runFolder: z.string(),
      path: z.string(),
      /** As of `explain`; the training image of that hash is left out. */
      sha256: z.string(),
      /** The training images. */
      images: z.array(z.object({ path: z.string(), sha256: z.string() })),
      count: z.number().int().min(1),
      weights: weightsReferenceSchema.nullable(),
      engine: trainPlanSchema.shape.engine,
      cache: cacheSchema,
    }),
    output: z.object({
      neighbours: z.array(
        z.object({
          /** Index into `images`. */
          position: z.number().int(),
          /** Cosine of the angle between both features, -1 to 1. */
          similarity: z.number(),
        }),
      ),
    }),
  },
  /** What the channels of a layer find in one image, the strongest first, by the model in `runFolder`. */
  layerMaps: {
    input: z.object({
      runFolder: z.string(),
      path: z.string(),
      /** As of `explain`. */
      sha256: z.string(),
      weights: weightsReferenceSchema.nullable(),
      engine: trainPlanSchema.shape.engine,
      /** Null: the last one before the pooling of the features. */
      layer: z.string().nullable(),
      count: z.number().int().min(1),
    }),
    output: z.object({
      layer: z.string(),
      layers: z.array(spatialLayerSchema),
      height: z.number().int(),
      width: z.number().int(),
      channels: z.number().int(),
      maps: z.array(
        z.object({
          channel: z.number().int(),
          /** Mean of what is above 0. */
          activation: z.number(),
          least: z.number(),
          most: z.number(),
          /** uint8 `[height, width]`, from least to most. */
          values: bytesSchema,
        }),
      ),
    }),
  },
  /** The filters of a model's first layer as colours. Needs no engine. */
  colorFilters: {
    input: z.object({ runFolder: z.string(), weights: weightsReferenceSchema.nullable() }),
    output: z.object({
      /** Null: no layer of it looks at the image's colours by filters. */
      filters: z
        .object({
          layer: z.string(),
          height: z.number().int(),
          width: z.number().int(),
          count: z.number().int(),
          /** uint8 `[count, height, width, 3]`, each filter between its own extremes. */
          tiles: bytesSchema,
        })
        .nullable(),
    }),
  },
  /** The mean of the heat maps of many images for one class, and the mean of the images themselves. */
  meanMap: {
    input: z.object({
      runFolder: z.string(),
      images: z.array(z.object({ path: z.string(), sha256: z.string() })).min(1),
      weights: weightsReferenceSchema.nullable(),
      engine: trainPlanSchema.shape.engine,
      method: explainMethodSchema.exclude(['occlusion']),
      class: z.string(),
      /** Null: the last one before the pooling of the features. */
      layer: z.string().nullable(),
    }),
    output: explanationSchema.pick({ class: true, layers: true, inputSize: true, resize: true }).extend({
      layer: z.string(),
      /** Those that could be read. */
      images: z.number().int(),
      skipped: z.array(skippedFileSchema),
      /** float32 `[height, width]` of the layer; in [0, 1]. */
      map: z.object({
        height: z.number().int(),
        width: z.number().int(),
        values: z.custom<Float32Array>((value) => value instanceof Float32Array),
      }),
      /** The map as a grey 8-bit PNG of `inputSize`. */
      overlay: bytesSchema,
      /** The mean image as a JPEG of `inputSize`, as the network saw it. */
      picture: bytesSchema,
    }),
  },
  /** The likeliest classes of images by a backbone's own published classifier, `top` of each, by their index. */
  classify: {
    input: z.object({
      weights: weightsReferenceSchema,
      /** The canonical file of the classifier's tensors. */
      classifierPath: z.string(),
      paths: z.array(z.string()),
      top: z.number().int().min(1),
      engine: trainPlanSchema.shape.engine,
    }),
    output: z.object({
      results: z.array(
        z.object({
          path: z.string(),
          top: z.array(z.object({ index: z.number().int(), probability: z.number() })),
        }),
      ),
      skipped: z.array(skippedFileSchema),
    }),
  },
  /** Augmented variants of one image as `<outFolder>/<name>-<variant>.jpg`. Needs no engine. */
  preview: {
    input: z.object({
      path: z.string(),
      sha256: z.string(),
      augment: trainPlanSchema.shape.augment,
      seed: trainPlanSchema.shape.seed,
      /** Numbers of the variants; 0: the image as it is. */
      variants: z.array(z.number().int().min(0)),
      inputSize: z.number().int(),
      outFolder: z.string(),
      name: z.string(),
    }),
    output: z.object({ files: z.number().int() }),
  },
  /** One engine on the embedded backbone. Core runs each in a process of its own, since a bad driver may crash it. */
  /** How fast a backbone is, with drawn weights. */
  benchmark: {
    input: z.object({
      id: z.string(),
      own: ownBackboneSchema.optional(),
      engine: trainPlanSchema.shape.engine,
    }),
    output: backboneSpeedSchema.omit({ measuredAt: true }),
  },
  probe: {
    input: z.object({ engine: engineIdSchema, weights: weightsReferenceSchema.nullable() }),
    output: engineProbeSchema,
  },
} as const

export type Jobs = typeof jobs
export type JobKind = keyof Jobs
export type JobInput<Kind extends JobKind> = z.output<Jobs[Kind]['input']>
export type JobOutput<Kind extends JobKind> = z.output<Jobs[Kind]['output']>

/** What the network says of one of a fixed handful of validation images. Classes are indexes into the manifest's. */
const samplePredictionSchema = z.object({
  sha256: z.string(),
  truth: z.number().int(),
  predicted: z.number().int(),
  /** Of the predicted class. */
  probability: z.number(),
  truthProbability: z.number(),
})
export type SamplePrediction = z.infer<typeof samplePredictionSchema>

const epochEndSchema = z.object({
  type: z.literal('epochEnd'),
  step: z.number().int(),
  epoch: epochSchema,
  /** Milliseconds since 1970 when it was told. */
  at: z.number().optional(),
  /** The same images in the same order after every epoch. */
  samples: z.array(samplePredictionSchema).optional(),
})

/** What a running job reports. Batch ends at most 10 a second; epoch ends always. */
export const jobEventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('engine'),
    engine: engineIdSchema,
    device: z.string(),
    version: z.string(),
    threads: z.number().int(),
    rejected: z.array(z.object({ id: engineIdSchema, reason: z.string() })),
  }),
  z.object({
    type: z.literal('model'),
    trainableParameters: z.number().int(),
    totalParameters: z.number().int(),
  }),
  z.object({
    type: z.literal('progress'),
    phase: z.enum(['starting', 'features', 'training', 'evaluation']),
    done: z.number(),
    total: z.number(),
    ratePerSecond: z.number().nullable(),
    secondsLeft: z.number().nullable(),
  }),
  z.object({
    type: z.literal('batchEnd'),
    step: z.number().int(),
    /** Fractional: 1.5 is the middle of the second epoch. */
    epoch: z.number(),
    loss: z.number(),
    accuracy: z.number(),
    /** Of the head, in the last step; absent before the first. */
    learningRate: z.number().optional(),
    /** Global norm of the last step's gradient before it was clipped; absent before the first, and where it is no number. */
    gradientNorm: z.number().optional(),
    /** Training images a second since the last batch that was told, validation left out. */
    imagesPerSecond: z.number().optional(),
    /** Memory that the process holds. */
    rssBytes: z.number().optional(),
  }),
  epochEndSchema,
  /** Of a plan with phases: what is trained changes here. */
  z.object({
    type: z.literal('phaseBegin'),
    /** From 1. */
    phase: z.number().int(),
    step: z.number().int(),
    /** Epochs that have ended. */
    epoch: z.number().int(),
  }),
  /** Of a fit with `resume`, before its first batch: training goes on after this epoch; 0: no checkpoint could be used. */
  z.object({
    type: z.literal('resumed'),
    epoch: z.number().int(),
    /** The epochs that the checkpoint has, as they were told when they ended: whoever died before that was stored has them again. */
    ended: z.array(epochEndSchema),
  }),
  z.object({ type: z.literal('checkpoint'), epoch: z.number().int(), path: z.string() }),
  z.object({ type: z.literal('notice'), code: z.string(), message: z.string() }),
])
export type JobEvent = z.infer<typeof jobEventSchema>

/** Core to trainer. */
export type TrainerCommand =
  | { type: 'start'; jobId: string; kind: JobKind; input: unknown }
  /** stop: end well, keep what there is (fit). cancel: end soon, keep nothing. */
  | { type: 'stop' | 'cancel'; jobId: string }
  /** pause: wait after the current batch, answering pings, until `continue`, `stop` or `cancel` comes (fit). */
  | { type: 'pause' | 'continue'; jobId: string }
  /** Load the best engine, for a job to come. */
  | { type: 'warm' }
  | { type: 'ping' }
  | { type: 'shutdown' }

/** Trainer to core. */
export type TrainerMessage =
  | { type: 'ready'; pid: number }
  | { type: 'pong' }
  | { type: 'event'; jobId: string; event: JobEvent }
  | { type: 'done'; jobId: string; output: unknown }
  | {
      type: 'failed'
      jobId: string
      error: { code: string; message: string; details: Record<string, unknown> }
    }
