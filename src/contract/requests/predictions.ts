import { z } from 'zod'
import { predictionSchema, skippedFileSchema } from '../entities.ts'
import { defineRequests } from './define.ts'

export const predictionsRequests = defineRequests({
  /** As `runs.predict`, of a part of a longer list: whoever asks tells how far the whole is. Files that are not there are skipped. */
  'predictions.of': {
    input: z.object({
      projectId: z.string(),
      runId: z.string(),
      /** Files, absolute. */
      paths: z.array(z.string()).min(1).max(1000),
      top: z.number().int().min(1).max(1000).default(5),
    }),
    output: z.object({
      predictions: z.array(
        predictionSchema.extend({
          /** Not below the threshold that was chosen for the run. */
          sure: z.boolean(),
        }),
      ),
      skipped: z.array(skippedFileSchema),
    }),
  },
  /**
   * Brings predicted files into the data set, without a label: the predicted class is a suggestion, for a person to accept. One command of
   * the journal. Files of an upload are copied into the project before this returns, others are linked; reading goes on as the job `jobId`.
   */
  'predictions.add': {
    input: z.object({
      projectId: z.string(),
      runId: z.string(),
      files: z
        .array(
          z.object({
            /** Absolute. */
            path: z.string(),
            /** Below whatever was given, with slashes: what the image is called by. */
            name: z.string().min(1),
            class: z.string(),
            /** 0 to 1. */
            probability: z.number().min(0).max(1),
          }),
        )
        .min(1)
        .max(1000),
    }),
    output: z.object({
      jobId: z.string(),
      /** New images; others are there already. */
      registered: z.number().int(),
      /** How many of the files have a suggestion now: the project has their class, and they have no label. */
      suggested: z.number().int(),
    }),
  },
})
