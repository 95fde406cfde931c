import { z } from 'zod'
import { splitSchema } from '../entities.ts'
import {
  acceptanceSchema,
  evaluatedImageSchema,
  evaluationCurvesSchema,
  evaluationSettingsSchema,
  imageSelectionSchema,
  rejectionCurveSchema,
  rejectionRuleSchema,
  reliabilityDiagramSchema,
  sliceSchema,
} from '../evaluation.ts'
import { defineRequests } from './define.ts'

const oneRun = z.object({ projectId: z.string(), runId: z.string() })
const oneSplit = oneRun.extend({ split: splitSchema })

/** What follows from the predictions that a run has stored. Answers are null where it has none for that split. */
export const evaluationRequests = defineRequests({
  /** The temperature, fitted on the validation split when it is first asked for, and the threshold that a person chose. */
  'evaluation.settings': { input: oneRun, output: evaluationSettingsSchema },
  /** Keeps the threshold below which the run's predictions are 'not sure'; null: none. */
  'evaluation.setThreshold': {
    input: oneRun.extend({ rule: rejectionRuleSchema.nullable() }),
    output: evaluationSettingsSchema,
  },
  /** ROC and precision by recall: averaged, and of the classes named. */
  'evaluation.curves': {
    input: oneSplit.extend({ classes: z.array(z.string()).max(20) }),
    output: z.object({ curves: z.array(evaluationCurvesSchema).nullable() }),
  },
  /** How often predictions are right for how sure they are, before and after the run's temperature. */
  'evaluation.calibration': {
    input: oneSplit.extend({
      bins: z.number().int().min(2).max(50).default(15),
      equal: z.enum(['width', 'mass']).default('width'),
    }),
    output: z.object({
      before: reliabilityDiagramSchema.nullable(),
      /** Null too where the run has no temperature. */
      after: reliabilityDiagramSchema.nullable(),
    }),
  },
  /** What share of images is answered, and how well, by threshold. */
  'evaluation.rejection': {
    input: oneSplit.extend({ calibrated: z.boolean() }),
    output: z.object({ curve: rejectionCurveSchema.nullable() }),
  },
  /** The same of one rule, kept or not. */
  'evaluation.acceptance': {
    input: oneSplit.extend({ rule: rejectionRuleSchema }),
    output: z.object({ acceptance: acceptanceSchema.nullable() }),
  },
  /** Images with what the run said of them. */
  'evaluation.images': {
    input: oneSplit.extend({
      only: imageSelectionSchema.default({}),
      /** loss: the least probable truths first; confidence: the surest predictions first. */
      order: z.enum(['loss', 'confidence']).default('confidence'),
      offset: z.number().int().min(0).default(0),
      limit: z.number().int().min(1).max(1000).default(300),
    }),
    output: z.object({ total: z.number().int(), images: z.array(evaluatedImageSchema) }),
  },
  /** Accuracy in parts of the split: by folder, import, brightness, sharpness, size, and in each saved view. */
  'evaluation.slices': {
    input: oneSplit,
    output: z.object({
      slices: z.array(sliceSchema),
      /** Slices with fewer images than `fewest`, which are left out. */
      tooSmall: z.number().int(),
      fewest: z.number().int(),
    }),
  },
})
