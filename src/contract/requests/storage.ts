import { z } from 'zod'
import { defineRequests } from './define.ts'

/** Bytes; null: as the machine has room for. */
const budgetSchema = z.number().int().min(0).nullable()

/** What a person may set, for all projects. */
export const storageBudgetsSchema = z.object({
  /** Features that a training keeps in memory; the others are read from the disk, batch by batch. */
  memoryBudgetBytes: budgetSchema,
  /** Features of a project on the disk; where more are needed, the longest unused make room. */
  diskBudgetBytes: budgetSchema,
})
export type StorageBudgets = z.infer<typeof storageBudgetsSchema>

/** The features of a project's images at one boundary of one network. */
export const featureCacheSchema = z.object({
  /** Names it for `storage.clear`. */
  key: z.string(),
  /** The network's id and the layer; null where the cache does not tell. */
  network: z.string().nullable(),
  boundary: z.string().nullable(),
  /** Height and width in pixels of the images that went in. */
  inputSize: z.number().int().nullable(),
  /** float32, float16, or uint8 of decoded images. */
  precision: z.string().nullable(),
  /** As in a plan, with every number; null: the images as they are. */
  augmentation: z.string().nullable(),
  records: z.number().int(),
  bytes: z.number(),
  /** Milliseconds since 1970; null where nobody knows. */
  lastUsedAt: z.number().nullable(),
})
export type FeatureCacheEntry = z.infer<typeof featureCacheSchema>

const runStorageSchema = z.object({
  runId: z.string(),
  /** Of everything in the run's folder. */
  bytes: z.number(),
  checkpointBytes: z.number(),
  /** Whether its checkpoints may be deleted: it has ended and has its model. */
  isFinished: z.boolean(),
})

export const storageRequests = defineRequests({
  'storage.get': {
    input: z.object({ projectId: z.string() }),
    output: z.object({
      /** Last used first. */
      features: z.array(featureCacheSchema),
      /** As runs are listed. */
      runs: z.array(runStorageSchema),
      thumbnailBytes: z.number(),
      /** Of images that are in the project: copied, unpacked, drawn, or taken with a camera. */
      mediaBytes: z.number(),
      previewBytes: z.number(),
      /** Of the disk that the project is on. */
      freeBytes: z.number(),
      budgets: storageBudgetsSchema,
      /** What trainings get, in place of the nulls among the budgets too. */
      effective: z.object({ memoryBudgetBytes: z.number(), diskBudgetBytes: z.number() }),
    }),
  },
  /** Of one network, last used first: which of its layers' results are kept for the project's images. */
  'storage.features': {
    input: z.object({ projectId: z.string(), network: z.string() }),
    output: z.object({ features: z.array(featureCacheSchema) }),
  },
  /** Of the person, so of all projects; takes hold with the next training. */
  'storage.setBudgets': { input: storageBudgetsSchema.partial(), output: storageBudgetsSchema },
  /** Deletes what can be made again, or is no longer needed. A training that runs goes on without it. */
  'storage.clear': {
    input: z.object({
      projectId: z.string(),
      what: z.discriminatedUnion('kind', [
        /** All features, or those of one key. */
        z.object({ kind: z.literal('features'), key: z.string().optional() }),
        /** Of runs that have ended and have their model: they can no longer be continued from one. */
        z.object({ kind: z.literal('checkpoints'), runId: z.string().optional() }),
        /** Thumbnails are made again when they are looked at. */
        z.object({ kind: z.literal('thumbnails') }),
      ]),
    }),
    output: z.object({ freedBytes: z.number() }),
  },
})
