import { z } from 'zod'
import {
  backboneSchema,
  evaluationSchema,
  layerSchema,
  metricRowSchema,
  predictionSchema,
  runProgressSchema,
  runSchema,
  skippedFileSchema,
  splitSchema,
} from '../entities.ts'
import { trainPlanSchema } from '../train-plan.ts'
import { defineRequests } from './define.ts'

export const runsRequests = defineRequests({
  'backbones.list': { input: z.object({}), output: z.object({ backbones: z.array(backboneSchema) }) },
  'backbones.show': {
    input: z.object({ id: z.string() }),
    output: z.object({ id: z.string(), layers: z.array(layerSchema) }),
  },
  /** Starts at once where nothing else trains, waits its turn otherwise. Makes a split first where there is none. */
  'runs.start': {
    input: z.object({ projectId: z.string(), plan: trainPlanSchema, name: z.string().optional() }),
    output: z.object({
      run: runSchema,
      /** What was done on the person's behalf, such as a split that was made. */
      notices: z.array(z.object({ code: z.string(), message: z.string() })),
    }),
  },
  /** Oldest first. */
  'runs.list': { input: z.object({ projectId: z.string() }), output: z.object({ runs: z.array(runSchema) }) },
  'runs.get': {
    input: z.object({ projectId: z.string(), runId: z.string() }),
    output: z.object({ run: runSchema, progress: runProgressSchema.nullable() }),
  },
  'runs.metrics': {
    input: z.object({ projectId: z.string(), runId: z.string(), afterSeq: z.number().int().default(-1) }),
    output: z.object({ rows: z.array(metricRowSchema) }),
  },
  /** Ends after the current batch; what was learned is kept and evaluated. */
  'runs.stop': { input: z.object({ projectId: z.string(), runId: z.string() }), output: z.object({}) },
  'runs.rename': {
    input: z.object({ projectId: z.string(), runId: z.string(), name: z.string() }),
    output: runSchema,
  },
  'runs.delete': { input: z.object({ projectId: z.string(), runId: z.string() }), output: z.object({}) },
  /** Waits until the run has ended in any way. */
  'runs.wait': { input: z.object({ projectId: z.string(), runId: z.string() }), output: runSchema },
  /** From the predictions that training stored; null where the run has none for that split. */
  'runs.evaluation': {
    input: z.object({ projectId: z.string(), runId: z.string(), split: splitSchema }),
    output: z.object({ evaluation: evaluationSchema.nullable() }),
  },
  /** Predicts the split again from the stored model. */
  'runs.evaluate': {
    input: z.object({ projectId: z.string(), runId: z.string(), split: splitSchema }),
    output: evaluationSchema,
  },
  /** Images behind one cell of the confusion matrix. */
  'runs.cellImages': {
    input: z.object({
      projectId: z.string(),
      runId: z.string(),
      split: splitSchema,
      truth: z.string(),
      predicted: z.string(),
    }),
    output: z.object({
      images: z.array(
        z.object({ imageId: z.number().int().nullable(), sha256: z.string(), probability: z.number() }),
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
