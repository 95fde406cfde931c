import { z } from 'zod'
import { noticeSchema, runSchema } from '../entities.ts'
import { labelCheckSchema, retrainEffectSchema, suspectSchema } from '../label-errors.ts'
import { trainPlanSchema } from '../train-plan.ts'
import { defineRequests } from './define.ts'

const backboneSchema = trainPlanSchema.shape.backbone

export const labelErrorsRequests = defineRequests({
  /** What a search would have to do. */
  'labelErrors.estimate': {
    input: z.object({ projectId: z.string(), backbone: backboneSchema }),
    output: z.object({
      /** Labelled images that can be read, and classes of theirs. */
      images: z.number().int(),
      classes: z.number().int(),
      /** Images that features are still to be computed of. */
      toCompute: z.number().int(),
      seconds: z.number(),
    }),
  },
  /** Looks at every labelled image by a head that did not see it, as the job `label-errors`; answers when that ended. What was found before is replaced. */
  'labelErrors.find': {
    input: z.object({
      projectId: z.string(),
      backbone: backboneSchema,
      /** Of the folds. */
      seed: z.number().int().min(0).max(0xffffffff).default(0),
    }),
    output: z.object({ check: labelCheckSchema, suspects: z.number().int() }),
  },
  /** What was found last, the worst first, with what became of each since. */
  'labelErrors.list': {
    input: z.object({ projectId: z.string() }),
    output: z.object({ check: labelCheckSchema.nullable(), suspects: z.array(suspectSchema) }),
  },
  /** What speaks for and against the label of one image that was looked at. */
  'labelErrors.evidence': {
    input: z.object({
      projectId: z.string(),
      imageId: z.number().int(),
      /** Of the neighbours of each class. */
      count: z.number().int().min(1).max(20).default(4),
    }),
    output: z.object({
      /** Of all classes, out of fold, the likeliest first; empty where it is no longer known. */
      probabilities: z.array(z.object({ classId: z.number().int(), probability: z.number() })),
      /** The labelled images most like it, of the class it had and of the suggested one, nearest first. */
      neighbours: z.array(
        z.object({
          classId: z.number().int(),
          images: z.array(
            z.object({
              imageId: z.number().int(),
              sha256: z.string(),
              /** Cosine of the angle between both features, -1 to 1. */
              similarity: z.number(),
            }),
          ),
        }),
      ),
    }),
  },
  /** A person says that the labels these images have are right: they are no suspects any more, until their label changes. */
  'labelErrors.keep': {
    input: z.object({ projectId: z.string(), imageIds: z.array(z.number().int()).min(1) }),
    output: z.object({ changed: z.number().int() }),
  },
  /** Starts a run like another, with the backbone frozen, on the labels there are now. */
  'labelErrors.retrain': {
    input: z.object({ projectId: z.string(), runId: z.string(), name: z.string().optional() }),
    output: z.object({ run: runSchema, notices: z.array(noticeSchema) }),
  },
  /** What the second run predicts otherwise. Null where both have no held-out images in common. */
  'labelErrors.effect': {
    input: z.object({ projectId: z.string(), before: z.string(), after: z.string() }),
    output: z.object({ effect: retrainEffectSchema.nullable() }),
  },
})
