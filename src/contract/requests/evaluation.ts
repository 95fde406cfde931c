import { z } from 'zod'
import { evaluationSettingsSchema, rejectionRuleSchema } from '../evaluation.ts'
import { defineRequests } from './define.ts'

const oneRun = z.object({ projectId: z.string(), runId: z.string() })

export const evaluationRequests = defineRequests({
  /** The temperature, fitted on the validation split when it is first asked for, and the threshold that a person chose. */
  'evaluation.settings': { input: oneRun, output: evaluationSettingsSchema },
  /** Keeps the threshold below which the run's predictions are 'not sure'; null: none. */
  'evaluation.setThreshold': {
    input: oneRun.extend({ rule: rejectionRuleSchema.nullable() }),
    output: evaluationSettingsSchema,
  },
})
