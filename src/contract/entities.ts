import { z } from 'zod'
import { engineIdSchema } from './engine-ids.ts'
import { ownBackboneSchema } from './own-backbone.ts'
import { trainPlanSchema } from './train-plan.ts'

/** 64 hexadecimal digits, lower case. */
export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/)

export const splitNames = ['train', 'validation', 'test'] as const
export const splitSchema = z.enum(splitNames)
export type Split = z.infer<typeof splitSchema>

/** pending: registered, bytes not read yet. ready: hashed, measured, thumbnailed. missing, unreadable: found so later. */
export const imageStatusSchema = z.enum(['pending', 'ready', 'missing', 'unreadable'])
export type ImageStatus = z.infer<typeof imageStatusSchema>

export const skipReasons = [
  'not-an-image',
  'empty',
  'truncated',
  'unreadable',
  'too-large',
  'unsupported-format',
  'permission-denied',
  'timeout',
  'decoder-crashed',
  'not-found',
  'unsafe-path',
  'unclear-label',
  'invalid-entry',
] as const
export const skipReasonSchema = z.enum(skipReasons)
export type SkipReason = z.infer<typeof skipReasonSchema>

/** What a data set can come as. */
export const importFormats = [
  'folder',
  'zip',
  'csv',
  'coco',
  'cifar10',
  'cifar100',
  'label-studio',
  'project',
] as const
export const importFormatSchema = z.enum(importFormats)
export type ImportFormat = z.infer<typeof importFormatSchema>

/** What a data set can be written as. */
export const exportFormats = ['folder', 'csv', 'coco', 'label-studio', 'zip'] as const
export const exportFormatSchema = z.enum(exportFormats)
export type ExportFormat = z.infer<typeof exportFormatSchema>

/** Those that keep the labels in a file of their own, which can be had without the images. */
export const labelsOnlyFormats = ['csv', 'coco', 'label-studio'] as const satisfies readonly ExportFormat[]
export function hasLabelsOnly(format: ExportFormat): format is (typeof labelsOnlyFormats)[number] {
  return labelsOnlyFormats.some((one) => one === format)
}

export const skippedFileSchema = z.object({ path: z.string(), reason: skipReasonSchema, detail: z.string() })
export type SkippedFile = z.infer<typeof skippedFileSchema>

export const projectSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** Absolute path of the `.thaw` folder. */
  path: z.string(),
  schemaVersion: z.number().int(),
})
export type Project = z.infer<typeof projectSchema>

export const recentProjectSchema = z.object({
  name: z.string(),
  path: z.string(),
  openedAt: z.number(),
  /** False when the folder is no longer there. */
  exists: z.boolean(),
  images: z.number().int().nullable(),
})
export type RecentProject = z.infer<typeof recentProjectSchema>

export const imageClassSchema = z.object({
  id: z.number().int(),
  name: z.string(),
  /** `#rrggbb` */
  color: z.string(),
  /** The single key that labels with this class, or null when keys ran out. */
  key: z.string().nullable(),
  position: z.number().int(),
  images: z.number().int(),
})
export type ImageClass = z.infer<typeof imageClassSchema>

/** What people say of an image besides its class. */
export const imageMarksSchema = z.object({
  flagged: z.boolean(),
  /** Whoever looked was not sure of the class. */
  unsure: z.boolean(),
  note: z.string().max(2000).nullable(),
})
export type ImageMarks = z.infer<typeof imageMarksSchema>

export const imageSchema = z.object({
  id: z.number().int(),
  /** Null until the bytes were read. */
  sha256: sha256Schema.nullable(),
  /** Absolute path it was imported from. */
  path: z.string(),
  /** Below the imported folder, with forward slashes. */
  relativePath: z.string(),
  width: z.number().int().nullable(),
  height: z.number().int().nullable(),
  sizeBytes: z.number().int(),
  format: z.string().nullable(),
  /** The first of `classIds`; null: unlabelled. Training is on this one. */
  classId: z.number().int().nullable(),
  /** Ascending. */
  classIds: z.array(z.number().int()),
  split: splitSchema.nullable(),
  status: imageStatusSchema,
  ...imageMarksSchema.shape,
})
export type Image = z.infer<typeof imageSchema>

export const classCountSchema = z.object({ name: z.string(), count: z.number().int() })

export const statsSchema = z.object({
  images: z.number().int(),
  labelled: z.number().int(),
  classes: z.array(classCountSchema),
  splits: z.object({
    train: z.number().int(),
    validation: z.number().int(),
    test: z.number().int(),
    none: z.number().int(),
  }),
  missing: z.number().int(),
  unreadable: z.number().int(),
  /** Still waiting for hash, size and thumbnail. */
  pending: z.number().int(),
})
export type Stats = z.infer<typeof statsSchema>

export const importReportSchema = z.object({
  found: z.number().int(),
  imported: z.number().int(),
  duplicates: z.number().int(),
  skipped: z.array(skippedFileSchema),
  /** Files with the same bytes under folders of different classes: the first label stands. */
  conflicts: z.array(z.object({ path: z.string(), other: z.string(), given: z.string(), kept: z.string() })),
  classes: z.array(classCountSchema),
  seconds: z.number(),
})
export type ImportReport = z.infer<typeof importReportSchema>

/** A folder whose new images are imported by themselves while the project is open. */
export const watchedFolderSchema = z.object({
  id: z.number().int(),
  /** Absolute. */
  path: z.string(),
  labels: z.enum(['folder', 'none']),
  /** missing: it is not there, or may not be read; looked for again. failing: its new images could not be imported; tried again. */
  state: z.enum(['watching', 'missing', 'failing']),
  /** Of a failing one. */
  error: z
    .object({ code: z.string(), message: z.string(), details: z.record(z.string(), z.unknown()) })
    .nullable(),
  /** How many images came out of it by being watched. */
  images: z.number().int(),
  /** Milliseconds since 1970. */
  lastImportAt: z.number().nullable(),
})
export type WatchedFolder = z.infer<typeof watchedFolderSchema>

/** A line of the history panel. */
export const journalEntrySchema = z.object({
  id: z.number().int(),
  kind: z.string(),
  /** Counts and names for the interface's sentence. */
  summary: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
  createdAt: z.number(),
  undone: z.boolean(),
})
export type JournalEntry = z.infer<typeof journalEntrySchema>

export const engineProbeSchema = z.object({
  id: engineIdSchema,
  available: z.boolean(),
  device: z.string().nullable(),
  version: z.string().nullable(),
  /** Why it is not available; null where it is. */
  reason: z.string().nullable(),
  /** Forward pass of the embedded backbone at its own input size. */
  imagesPerSecond: z.number().nullable(),
  /** Parts without which it works, but more slowly, and why they are not there. */
  missing: z.array(z.object({ part: z.string(), reason: z.string() })),
})
export type EngineProbe = z.infer<typeof engineProbeSchema>

export const runStatuses = [
  'queued',
  'running',
  'paused',
  'completed',
  'stopped',
  'interrupted',
  'failed',
] as const
export const runStatusSchema = z.enum(runStatuses)
export type RunStatus = z.infer<typeof runStatusSchema>

export const epochSchema = z.object({
  /** From 1. */
  epoch: z.number().int(),
  loss: z.number(),
  accuracy: z.number(),
  valLoss: z.number().nullable(),
  valAccuracy: z.number().nullable(),
  learningRate: z.number(),
  /** The training pass alone. */
  seconds: z.number(),
})
export type Epoch = z.infer<typeof epochSchema>

export const testResultSchema = z.object({
  loss: z.number(),
  accuracy: z.number(),
  support: z.number().int(),
})
export type TestResult = z.infer<typeof testResultSchema>

export const runSecondsSchema = z.object({
  features: z.number(),
  training: z.number(),
  evaluation: z.number(),
  total: z.number(),
})

/** What people say of a run. */
export const runMarksSchema = z.object({
  /** Stands above the others. */
  pinned: z.boolean(),
  /** Out of the way, but kept. */
  archived: z.boolean(),
  tags: z.array(z.string().max(60)),
  note: z.string().max(2000).nullable(),
})

export const runSchema = z.object({
  /** Short, unique in the project, as typed on the command line. */
  id: z.string(),
  name: z.string(),
  status: runStatusSchema,
  plan: trainPlanSchema,
  /** Class names in the order of the model's outputs. */
  classes: z.array(z.string()),
  counts: z.object({ train: z.number().int(), validation: z.number().int(), test: z.number().int() }),
  engine: engineIdSchema.nullable(),
  device: z.string().nullable(),
  /** Why each better engine was not taken. */
  enginesRejected: z.array(z.object({ id: engineIdSchema, reason: z.string() })),
  trainableParameters: z.number().int().nullable(),
  totalParameters: z.number().int().nullable(),
  datasetVersion: z.string(),
  modelSha256: sha256Schema.nullable(),
  createdAt: z.number(),
  startedAt: z.number().nullable(),
  endedAt: z.number().nullable(),
  epochsDone: z.number().int(),
  bestEpoch: z.number().int().nullable(),
  valAccuracy: z.number().nullable(),
  valLoss: z.number().nullable(),
  test: testResultSchema.nullable(),
  seconds: runSecondsSchema.nullable(),
  peakRssBytes: z.number().int().nullable(),
  /** Of a failed or interrupted run. `details.signal`, `details.exitCode` where its process died. */
  error: z
    .object({ code: z.string(), message: z.string(), details: z.record(z.string(), z.unknown()) })
    .nullable(),
  /** The recipe it was made from. */
  recipe: z.string().nullable(),
  /** The sweep or ladder it is part of. */
  group: z.string().nullable(),
  /** The epoch of the checkpoint it last went on from; 0: it started over; null: it was never resumed. */
  resumedFromEpoch: z.number().int().nullable(),
  ...runMarksSchema.shape,
})
export type Run = z.infer<typeof runSchema>

/** What was done on a person's behalf, or what they should know; `details` holds what another language needs to say it. */
export const noticeSchema = z.object({
  code: z.string(),
  message: z.string(),
  details: z.record(
    z.string(),
    z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())]),
  ),
})
export type Notice = z.infer<typeof noticeSchema>

/** A step of a ladder, or a run of a sweep, that has ended. */
const triedRunSchema = z.object({
  run: z.string(),
  /** Of a ladder: frozen-head, last-block, last-third, everything. Of a sweep: its settings, as `learningRate=0.01`. */
  step: z.string(),
  valAccuracy: z.number().nullable(),
  /** McNemar's exact test on the validation images against the best run before it: b only that one has right, c only this one. */
  comparison: z.object({ b: z.number().int(), c: z.number().int(), p: z.number() }).nullable(),
  /** Of a ladder: whether it improved on the best before it beyond noise. */
  better: z.boolean().nullable(),
})
export type TriedRun = z.infer<typeof triedRunSchema>

export const runGroupSchema = z.object({
  /** As typed on the command line: `g3`. */
  id: z.string(),
  kind: z.enum(['ladder', 'sweep']),
  name: z.string(),
  recipe: z.string().nullable(),
  status: z.enum(['running', 'completed', 'stopped', 'interrupted', 'failed']),
  /** The settings in which its runs differ. */
  settings: z.array(z.string()),
  timeBudgetMinutes: z.number().nullable(),
  /** Oldest first. */
  runs: z.array(z.string()),
  tried: z.array(triedRunSchema),
  /** Why no more was tried; null while it goes on. */
  stoppedBecause: noticeSchema.nullable(),
  /** Of what was tried so far. */
  best: z.string().nullable(),
  createdAt: z.number(),
  endedAt: z.number().nullable(),
})
export type RunGroup = z.infer<typeof runGroupSchema>

/** One value of one curve. Row `resumed`: later epochs than its value were taken back, and their rows with them. Other `name`s: train/loss, train/accuracy, validation/loss, validation/accuracy, learning-rate, seconds; within epochs batch/loss, batch/accuracy, batch/learning-rate, batch/gradient-norm, batch/images-per-second, batch/memory (bytes); phase: the number of the one that begins; sample/0, sample/1, …: the probability of the true class of each followed image */
export const metricRowSchema = z.object({
  /** Increases by one in a run, but for rows that a resumption took back; clients catch up by it. */
  seq: z.number().int(),
  /** Optimiser steps done. */
  step: z.number().int(),
  /** In epochs, fractional within one. */
  epoch: z.number(),
  name: z.string(),
  value: z.number(),
})
export type MetricRow = z.infer<typeof metricRowSchema>

/** What a run says of a fixed handful of its validation images, after its last epoch that has ended. */
export const runSamplesSchema = z.object({
  epoch: z.number().int(),
  /** In the order of the curves `sample/0`, `sample/1`, … */
  samples: z.array(
    z.object({
      sha256: z.string(),
      truth: z.string(),
      predicted: z.string(),
      /** Of the predicted class. */
      probability: z.number(),
      truthProbability: z.number(),
    }),
  ),
})
export type RunSamples = z.infer<typeof runSamplesSchema>

/** A curve of a run, ready to be drawn: of many points those that keep its shape. */
export const runCurveSchema = z.object({
  runId: z.string(),
  /** As in a metric row. */
  name: z.string(),
  /** Of the whole curve. */
  points: z.number().int(),
  /** Ascending. */
  epochs: z.array(z.number()),
  values: z.array(z.number()),
})
export type RunCurve = z.infer<typeof runCurveSchema>

export const runPhases = ['queued', 'starting', 'features', 'training', 'evaluation', 'done'] as const
export const runProgressSchema = z.object({
  runId: z.string(),
  phase: z.enum(runPhases),
  done: z.number(),
  total: z.number(),
  /** Images a second, in this phase. */
  ratePerSecond: z.number().nullable(),
  /** Of the whole run, where it can be estimated. */
  secondsLeft: z.number().nullable(),
})
export type RunProgress = z.infer<typeof runProgressSchema>

/** `[low, high]` of a 95% interval. */
export const interval95Schema = z.tuple([z.number(), z.number()])

export const perClassSchema = z.object({
  class: z.string(),
  precision: z.number(),
  recall: z.number(),
  f1: z.number(),
  support: z.number().int(),
  /** Of the class against the rest; null where it is not defined. */
  rocAuc: z.number().nullable(),
  averagePrecision: z.number().nullable(),
  /** Wilson's for precision and recall, by bootstrap for f1; null where nothing is known. */
  intervals95: z.object({
    precision: interval95Schema.nullable(),
    recall: interval95Schema.nullable(),
    f1: interval95Schema.nullable(),
  }),
})

export const evaluationSchema = z.object({
  split: splitSchema,
  loss: z.number(),
  accuracy: z.number(),
  /** Wilson score interval of the accuracy. */
  interval95: interval95Schema,
  /** The further metrics, as src/metrics/evaluation-metrics.ts lists them; intervals by bootstrap. Null where one is not defined. */
  metrics: z.array(
    z.object({ id: z.string(), value: z.number().nullable(), interval95: interval95Schema.nullable() }),
  ),
  perClass: z.array(perClassSchema),
  /** matrix[truth][predicted] */
  confusion: z.object({ labels: z.array(z.string()), matrix: z.array(z.array(z.number().int())) }),
  support: z.number().int(),
})
export type Evaluation = z.infer<typeof evaluationSchema>

export const predictionSchema = z.object({
  path: z.string(),
  top: z.array(z.object({ class: z.string(), probability: z.number() })),
})
export type Prediction = z.infer<typeof predictionSchema>

/** Who names layers and lays out tensors: Keras, torchvision, timm. */
export const conventionSchema = z.enum(['keras', 'torch', 'timm'])

/** A file format that weights come in. */
export const weightsFormatSchema = z.enum(['keras-h5', 'keras-zip', 'safetensors', 'pytorch', 'tfjs-layers'])
export type WeightsFormatId = z.infer<typeof weightsFormatSchema>

/** Weights that a person added. */
export const addedWeightsSchema = z.object({
  /** The name of the file they came in. */
  file: z.string(),
  format: weightsFormatSchema,
  convention: conventionSchema,
  /** Of the canonical file. */
  bytes: z.number().int(),
  hasClassifier: z.boolean(),
  /** Milliseconds since 1970. */
  addedAt: z.number(),
})

/** A file of weights at its publisher. */
export const publishedWeightsSchema = z.object({
  publisher: z.enum(['keras', 'torchvision', 'timm']),
  /** For people: who published it, and what it was trained on. */
  origin: z.string(),
  address: z.string(),
  /** Null where no hash is published that a download could be checked by: a person gets the file and adds it. */
  download: z
    .object({
      /** The file's name at its publisher, as `backbones.download` takes it. */
      source: z.string(),
      bytes: z.number().int(),
      /** False: estimated from the parameters. */
      isExact: z.boolean(),
      /** What has come of it already and is not installed. */
      downloadedBytes: z.number().int(),
    })
    .nullable(),
})
export type PublishedWeights = z.infer<typeof publishedWeightsSchema>

/** Of forward passes at a backbone's own input size, in batches, on this machine. */
export const backboneSpeedSchema = z.object({
  engine: engineIdSchema,
  device: z.string(),
  imagesPerSecond: z.number(),
  measuredAt: z.number(),
})
export type BackboneSpeed = z.infer<typeof backboneSpeedSchema>

export const backboneSchema = z.object({
  id: z.string(),
  family: z.string(),
  inputSize: z.number().int(),
  parameters: z.number().int(),
  flops: z.number(),
  features: z.number().int(),
  installed: z.boolean(),
  source: z.string(),
  licence: z.string(),
  paper: z.string(),
  layers: z.number().int(),
  weightsSha256: z.string().nullable(),
  /** Null where the weights are those that ship with Thaw, or there are none. */
  added: addedWeightsSchema.nullable(),
  /** Where publishers have weights of it, the default first. */
  published: z.array(publishedWeightsSchema),
  /** What it is made of, where it is a model of the person's own; else null. */
  own: ownBackboneSchema.nullable(),
  /** Null: it was not measured on this machine. */
  speed: backboneSpeedSchema.nullable(),
})
export type Backbone = z.infer<typeof backboneSchema>

export const layerSchema = z.object({
  index: z.number().int(),
  name: z.string(),
  type: z.string(),
  outputShape: z.array(z.number().int()),
  parameters: z.number().int(),
  block: z.string(),
})
export type Layer = z.infer<typeof layerSchema>

export const problemSchema = z.object({
  kind: z.string(),
  message: z.string(),
  path: z.string().nullable(),
  repaired: z.boolean(),
})
export type Problem = z.infer<typeof problemSchema>

export const backgroundJobSchema = z.object({
  id: z.string(),
  kind: z.enum([
    'import',
    'embed',
    'predict',
    'mean-map',
    'evaluate',
    'estimate',
    'learning-rate',
    'scan',
    'export',
    'label-errors',
  ]),
  projectId: z.string(),
  /** import: unpacking, reading; scan: measuring, comparing, features, neighbours; label-errors: starting, features, training */
  phase: z.string(),
  done: z.number(),
  total: z.number(),
  ratePerSecond: z.number().nullable(),
  secondsLeft: z.number().nullable(),
  /** Only imports can be paused. */
  state: z.enum(['running', 'paused', 'completed', 'failed', 'cancelled']),
  error: z
    .object({ code: z.string(), message: z.string(), details: z.record(z.string(), z.unknown()) })
    .nullable(),
})
export type BackgroundJob = z.infer<typeof backgroundJobSchema>

/** What a training will take, told before it begins. */
export const runEstimateSchema = z.object({
  seconds: z.object({
    /** Of starting the engine and reading weights. */
    starting: z.number(),
    /** Of computing what frozen layers give for images that are not in the cache. */
    features: z.number(),
    training: z.number(),
    evaluation: z.number(),
    total: z.number(),
  }),
  /** Of the training process. */
  peakRssBytes: z.number(),
  images: z.object({
    /** That the frozen layers are still to be computed for, augmented variants counted apart. */
    toCompute: z.number().int(),
    cached: z.number().int(),
  }),
  /** Of all images and variants, in memory or on disk. */
  featureBytes: z.number(),
})
export type RunEstimate = z.infer<typeof runEstimateSchema>

/** Losses over rising learning rates. */
export const learningRateSearchSchema = z.object({
  /** Rising; the loss is smoothed. */
  points: z.array(z.object({ learningRate: z.number(), loss: z.number() })),
  /** Null where no part of the curve falls. */
  suggestion: z.number().nullable(),
})
export type LearningRateSearch = z.infer<typeof learningRateSearchSchema>
