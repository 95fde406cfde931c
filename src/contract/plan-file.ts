import { z } from 'zod'
import { AppError } from './errors.ts'
import { trainPlanSchema, type TrainPlan } from './train-plan.ts'

const format = 'thaw-plan'
const version = 1
const longestName = 100

/** Settings that this program does not know are refused: leaving them out would train something else. */
const planFileSchema = z.strictObject({
  format: z.literal(format),
  version: z.literal(version),
  name: z.string().trim().min(1).max(longestName),
  plan: z.strictObject(trainPlanSchema.shape),
})

/** A plan that is shared as a file. */
export interface NamedPlan {
  readonly name: string
  readonly plan: TrainPlan
}

/** The text of a file that `readPlanFile` reads: JSON with every setting, so that later defaults change nothing. */
export function writePlanFile({ name, plan }: NamedPlan): string {
  return `${JSON.stringify({ format, version, name, plan: trainPlanSchema.parse(plan) }, null, 2)}\n`
}

/** What is wrong with a file: it is no JSON, JSON of something else, of a newer program, or of a setting that is not as it should be. */
export type PlanFileProblem = 'not-json' | 'not-a-plan' | 'newer' | 'setting'

/**
 * Reads what `writePlanFile` wrote. Whether the backbone and its layers are there, core knows.
 *
 * @throws AppError 'plan-file-invalid' with `problem`, and for a setting its name as `setting` and what it should be as `expected`
 */
export function readPlanFile(text: string): NamedPlan {
  const value = parseJson(text)
  if (typeof value !== 'object' || value === null || !('format' in value) || value.format !== format) {
    throw invalid(
      'not-a-plan',
      `The file should be a plan that was saved as a file ("format": "${format}"); it is not.`,
    )
  }
  if ('version' in value && typeof value.version === 'number' && value.version > version) {
    throw invalid(
      'newer',
      `The plan is of version ${value.version}; this program reads versions up to ${version}. Update it to read the file.`,
    )
  }
  const parsed = planFileSchema.safeParse(value)
  if (parsed.success) return { name: parsed.data.name, plan: parsed.data.plan }
  const issue = parsed.error.issues[0]
  const path = issue?.path.filter((part) => part !== 'plan').join('.') ?? ''
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.join(', ') : ''
  const setting = [path, unknown].filter(Boolean).join('.')
  const expected = unknown ? 'a setting that this program knows' : (issue?.message ?? '')
  throw new AppError(
    'plan-file-invalid',
    `The setting '${setting}' of the plan cannot be used: ${issue?.message ?? 'it is not as expected'}.`,
    { problem: 'setting' satisfies PlanFileProblem, setting, expected },
  )
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw invalid('not-json', 'The file should be JSON, as Thaw saves plans; it cannot be read as such.')
  }
}

function invalid(problem: PlanFileProblem, message: string): AppError {
  return new AppError('plan-file-invalid', message, { problem })
}
