import { z } from 'zod'
import {
  evaluationSchema,
  learningRateSearchSchema,
  metricRowSchema,
  noticeSchema,
  predictionSchema,
  runCurveSchema,
  runEstimateSchema,
  runGroupSchema,
  runMarksSchema,
  runProgressSchema,
  runSamplesSchema,
  runSchema,
  sha256Schema,
  skippedFileSchema,
  splitSchema,
} from '../entities.ts'
import { explainMethodSchema, explanationSchema } from '../explanation.ts'
import { planSettingsSchema, recipeSchema } from '../recipes.ts'
import { trainPlanSchema } from '../train-plan.ts'
import { defineRequests } from './define.ts'

const oneRun = z.object({ projectId: z.string(), runId: z.string() })
/** An image that the project has or that the run saw, by its hash, or any file, by its path. */
const aboutOneImage = oneRun.extend({
  image: z.union([z.object({ sha256: sha256Schema }), z.object({ path: z.string().min(1) })]),
})
const startedRun = z.object({
  run: runSchema,
  /** What was done on the person's behalf, such as a split that was made. */
  notices: z.array(noticeSchema),
})

export const runsRequests = defineRequests({
  /** Starts at once where nothing else trains, waits its turn otherwise. Makes a split first where there is none. */
  'runs.start': {
    input: z.object({ projectId: z.string(), plan: trainPlanSchema, name: z.string().optional() }),
    output: startedRun,
  },
  /** What a run of this plan would take, after a calibration of some seconds. Nothing is stored but features. */
  'runs.estimate': {
    input: z.object({ projectId: z.string(), plan: trainPlanSchema }),
    output: runEstimateSchema,
  },
  /** Losses over rising rates, and one to train with. Nothing is stored but features. */
  'runs.findLearningRate': {
    input: z.object({ projectId: z.string(), plan: trainPlanSchema }),
    output: learningRateSearchSchema,
  },
  /** The plan of a recipe, of one with a ladder its first step's; `settings` win over the recipe's. */
  'recipes.plan': {
    input: z.object({ recipe: z.string(), settings: planSettingsSchema.default({}) }),
    output: trainPlanSchema,
  },
  'recipes.list': { input: z.object({}), output: z.object({ recipes: z.array(recipeSchema) }) },
  /**
   * As `runs.start`, by a recipe's name; `settings` win over the recipe's. A recipe with a ladder begins a group, whose first run this
   * answers with; core starts the others.
   */
  'runs.startRecipe': {
    input: z.object({
      projectId: z.string(),
      recipe: z.string(),
      settings: planSettingsSchema.default({}),
      name: z.string().optional(),
      /** Of a ladder; absent: the recipe's. */
      timeBudgetMinutes: z.number().positive().optional(),
    }),
    output: startedRun.extend({ group: runGroupSchema.nullable() }),
  },
  /** Queues a run for each combination of values, or for some of them drawn at random, as one group. */
  'runs.sweep': {
    input: z.object({
      projectId: z.string(),
      plan: trainPlanSchema,
      /** By setting: values to combine; or, with `random`, a range to draw from. */
      values: z.record(
        z.string(),
        z.union([
          z.array(z.unknown()).min(1),
          z.object({ from: z.number(), to: z.number(), scale: z.enum(['linear', 'logarithmic']) }),
        ]),
      ),
      /** So many, drawn with `seed`; absent: every combination. */
      random: z
        .object({ runs: z.number().int().min(1), seed: z.number().int().min(0).max(0xffffffff) })
        .optional(),
      /** More runs than this are refused. */
      limit: z.number().int().min(1).max(1000).default(50),
      name: z.string().optional(),
    }),
    output: z.object({
      group: runGroupSchema,
      runs: z.array(runSchema),
      notices: z.array(noticeSchema),
    }),
  },
  /** Oldest first. */
  'runs.groups': {
    input: z.object({ projectId: z.string() }),
    output: z.object({ groups: z.array(runGroupSchema) }),
  },
  /** Stops what trains of it, takes out what waits, and starts no more. */
  'runs.stopGroup': {
    input: z.object({ projectId: z.string(), groupId: z.string() }),
    output: z.object({}),
  },
  /** Waits until every run of it has ended. */
  'runs.waitGroup': {
    input: z.object({ projectId: z.string(), groupId: z.string() }),
    output: runGroupSchema,
  },
  /** Goes on with an interrupted, failed or stopped run, on its own images, from its last whole checkpoint, or from the start where it has none. */
  'runs.resume': { input: oneRun, output: startedRun },
  /** Trains a run that has ended for more epochs; `epochs` is how many it shall have in all. */
  'runs.extend': {
    input: oneRun.extend({ epochs: z.number().int().min(1).max(10_000) }),
    output: startedRun,
  },
  /** After the current batch the run waits, keeping its turn and its memory, until it is continued. */
  'runs.pause': { input: oneRun, output: runSchema },
  'runs.continue': { input: oneRun, output: runSchema },
  /** Ends at once without a model; its last checkpoint stays, so that it can be resumed. */
  'runs.cancel': { input: oneRun, output: z.object({}) },
  'runs.queue': {
    input: z.object({ projectId: z.string() }),
    output: z.object({ paused: z.boolean(), runIds: z.array(z.string()) }),
  },
  /** Waiting runs in the order of their turns; those left out keep theirs behind them. */
  'runs.reorder': {
    input: z.object({ projectId: z.string(), runIds: z.array(z.string()) }),
    output: z.object({ runIds: z.array(z.string()) }),
  },
  /** While it is paused no run begins; the one that trains goes on. */
  'runs.pauseQueue': {
    input: z.object({ projectId: z.string(), paused: z.boolean() }),
    output: z.object({}),
  },
  /** Oldest first. */
  'runs.list': { input: z.object({ projectId: z.string() }), output: z.object({ runs: z.array(runSchema) }) },
  'runs.get': {
    input: z.object({ projectId: z.string(), runId: z.string() }),
    output: z.object({
      run: runSchema,
      progress: runProgressSchema.nullable(),
      /** Null where no epoch has ended, or nothing is in the validation split. */
      samples: runSamplesSchema.nullable(),
    }),
  },
  'runs.metrics': {
    input: z.object({
      projectId: z.string(),
      runId: z.string(),
      afterSeq: z.number().int().default(-1),
      /** At most so many rows, the first ones; absent: all. Fewer were the last. */
      limit: z.number().int().min(1).optional(),
    }),
    output: z.object({ rows: z.array(metricRowSchema) }),
  },
  /** Curves of many runs in one answer, in the order of runs and names. */
  'runs.curves': {
    input: z.object({
      projectId: z.string(),
      runIds: z.array(z.string()).min(1).max(1000),
      names: z.array(z.string()).min(1).max(10),
      /** Of each curve at most; which they are keeps its shape. */
      points: z.number().int().min(3).max(10_000).default(500),
      /** Weight of the past in a moving average. */
      smoothing: z.number().min(0).max(0.999).default(0),
    }),
    output: z.object({ curves: z.array(runCurveSchema) }),
  },
  /** Ends after the current batch; what was learned is kept and evaluated. */
  'runs.stop': { input: z.object({ projectId: z.string(), runId: z.string() }), output: z.object({}) },
  'runs.rename': {
    input: z.object({ projectId: z.string(), runId: z.string(), name: z.string() }),
    output: runSchema,
  },
  /** Changes what is named, of every run named; the rest stays. */
  'runs.mark': {
    input: z.object({
      projectId: z.string(),
      runIds: z.array(z.string()).min(1).max(10_000),
      ...runMarksSchema.omit({ tags: true }).partial().shape,
      addTags: runMarksSchema.shape.tags.optional(),
      removeTags: runMarksSchema.shape.tags.optional(),
    }),
    output: z.object({ runs: z.array(runSchema) }),
  },
  /** Interrupts it where it trains. It can be brought back for half an hour, until the project is closed; then it is gone for good. */
  'runs.delete': { input: oneRun, output: z.object({}) },
  'runs.restore': { input: oneRun, output: runSchema },
  /** What can still be brought back, the latest first. */
  'runs.listDeleted': {
    input: z.object({ projectId: z.string() }),
    output: z.object({ runs: z.array(z.object({ run: runSchema, deletedAt: z.number() })) }),
  },
  /** Waits until the run has ended in any way. */
  'runs.wait': { input: z.object({ projectId: z.string(), runId: z.string() }), output: runSchema },
  /** From the predictions that training stored; null where the run has none for that split. */
  'runs.evaluation': {
    input: z.object({
      projectId: z.string(),
      runId: z.string(),
      split: splitSchema,
      /** False: without those by bootstrap, which take most of the time. */
      bootstrap: z.boolean().default(true),
    }),
    output: z.object({ evaluation: evaluationSchema.nullable() }),
  },
  /** Predicts the split again from the stored model. */
  'runs.evaluate': {
    input: z.object({ projectId: z.string(), runId: z.string(), split: splitSchema }),
    output: evaluationSchema,
  },
  /**
   * What in an image speaks for a class, by the run's model. Nothing is stored. A later call of the same `asker` ends one that still runs
   * as cancelled: whoever asked looks at another image by then.
   */
  'runs.explain': {
    input: aboutOneImage.extend({
      /** Whose call it is, in words of its own: one view of one window. */
      asker: z.string().max(100).default(''),
      method: explainMethodSchema.default('grad-cam'),
      /** Null: the most probable one. */
      class: z.string().nullable().default(null),
      /** Null: the last one before the pooling of the features. */
      layer: z.string().nullable().default(null),
    }),
    output: explanationSchema.extend({
      /** Rows of the layer, or of the grid of occlusions, one behind another; in [0, 1]. */
      map: z.object({ height: z.number().int(), width: z.number().int(), values: z.array(z.number()) }),
      /** The map as a grey 8-bit PNG of `inputSize`, in base64. */
      overlay: z.string(),
    }),
  },
  /** The training images of the run that are nearest to an image in the run's own feature space, nearest first. */
  'runs.neighbours': {
    input: aboutOneImage.extend({
      count: z.number().int().min(1).max(100).default(8),
    }),
    output: z.object({
      neighbours: z.array(
        z.object({
          /** Null where the image has left the project since. */
          imageId: z.number().int().nullable(),
          sha256: z.string(),
          /** That the run was trained with. */
          class: z.string(),
          /** Cosine of the angle between both features, -1 to 1. */
          similarity: z.number(),
        }),
      ),
    }),
  },
  'runs.predict': {
    input: z.object({
      projectId: z.string(),
      runId: z.string(),
      /** Files or folders. */
      paths: z.array(z.string()).min(1),
      top: z.number().int().min(1).max(1000).default(5),
    }),
    output: z.object({ predictions: z.array(predictionSchema), skipped: z.array(skippedFileSchema) }),
  },
  /** Features of every image in `images.ids` order by path, written as float32 npy. */
  'features.embed': {
    input: z.object({
      projectId: z.string(),
      backbone: z.string(),
      layer: z.string().optional(),
      outPath: z.string(),
      engine: trainPlanSchema.shape.engine,
    }),
    output: z.object({
      images: z.number().int(),
      features: z.number().int(),
      seconds: z.number(),
      cached: z.number().int(),
      /** Images that could not be read: their rows are NaN, so that the others keep their places. */
      skipped: z.array(skippedFileSchema),
    }),
  },
})
