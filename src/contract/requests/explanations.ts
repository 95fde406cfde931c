import { z } from 'zod'
import { sha256Schema, skippedFileSchema, splitSchema } from '../entities.ts'
import { explainMethodSchema, explanationSchema, spatialLayerSchema } from '../explanation.ts'
import { defineRequests } from './define.ts'

const oneRun = z.object({ projectId: z.string(), runId: z.string() })

/** What a run's model looks at, beside `runs.explain`. Nothing is stored; bytes are in base64. */
export const explanationsRequests = defineRequests({
  /** What the channels of a layer find in an image, the strongest first. */
  'runs.layerMaps': {
    input: oneRun.extend({
      image: z.union([z.object({ sha256: sha256Schema }), z.object({ path: z.string().min(1) })]),
      /** Null: the last one before the pooling of the features. */
      layer: z.string().nullable().default(null),
      count: z.number().int().min(1).max(256).default(64),
      /** As of `runs.explain`: a later call of the same asker ends one that still runs. */
      asker: z.string().max(100).default(''),
    }),
    output: z.object({
      layer: z.string(),
      /** All that could be chosen, in the network's order. */
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
          /** uint8 `[height, width]`: 0 is `least`, 255 is `most`. */
          values: z.string(),
        }),
      ),
    }),
  },
  /** The filters of the first layer as colours; null where no layer looks at the image's colours by filters. */
  'runs.filters': {
    input: oneRun,
    output: z.object({
      filters: z
        .object({
          layer: z.string(),
          height: z.number().int(),
          width: z.number().int(),
          count: z.number().int(),
          /** uint8 `[count, height, width, 3]`, each filter between its own extremes. */
          tiles: z.string(),
        })
        .nullable(),
    }),
  },
  /** The mean of what speaks for a class in the images of a cell of the confusion matrix, or of a whole class; a job that can be cancelled. */
  'runs.meanMap': {
    input: oneRun.extend({
      split: splitSchema,
      truth: z.string(),
      /** Null: whatever was predicted. */
      predicted: z.string().nullable(),
      method: explainMethodSchema.exclude(['occlusion']).default('grad-cam'),
      /** That the map is about. */
      class: z.string(),
      layer: z.string().nullable().default(null),
      /** Of more images so many are taken, evenly. */
      most: z.number().int().min(1).max(1000).default(100),
      /** As of `runs.explain`. */
      asker: z.string().max(100).default(''),
    }),
    output: explanationSchema.pick({ class: true, layers: true, inputSize: true, resize: true }).extend({
      layer: z.string(),
      /** That the map is the mean of. */
      images: z.number().int(),
      /** That there are. */
      total: z.number().int(),
      skipped: z.array(skippedFileSchema),
      /** Rows of the layer, one behind another; in [0, 1]. */
      map: z.object({ height: z.number().int(), width: z.number().int(), values: z.array(z.number()) }),
      /** The map as a grey 8-bit PNG of `inputSize`. */
      overlay: z.string(),
      /** The mean image as a JPEG of `inputSize`, as the network saw it. */
      picture: z.string(),
    }),
  },
})
