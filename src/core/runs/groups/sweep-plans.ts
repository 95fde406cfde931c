import { AppError } from '../../../contract/errors.ts'
import { planSettingSchemas } from '../../../contract/recipes.ts'
import type { RequestParsedInput } from '../../../contract/requests/index.ts'
import { trainPlanSchema, type TrainPlan } from '../../../contract/train-plan.ts'
import { createRandom, type Random } from '../../../models/random.ts'
import { sweepLabel } from './sweep-label.ts'

type SweepInput = RequestParsedInput<'runs.sweep'>
type Range = Exclude<SweepInput['values'][string], unknown[]>

/** One run of a sweep. */
export interface SweepPlan {
  plan: TrainPlan
  /** What distinguishes it: `learningRate=0.01, head=512:relu`. */
  label: string
}

/** More combinations than this are never counted out, even to draw a few of them. */
const mostCombinations = 1_000_000

/**
 * The plans of a sweep: every combination of the values, the last setting varying fastest; or some of them drawn at random without
 * repetition; or, with ranges, each drawn anew. Equal seeds draw equal plans.
 *
 * @throws AppError 'plan-invalid' with `setting`: unknown settings and values, listing what is valid; more runs than the limit
 */
export function sweepPlans({ plan, values, random, limit }: Omit<SweepInput, 'projectId'>): SweepPlan[] {
  const axes = Object.entries(values)
  if (axes.length === 0) throw invalid('A sweep needs a setting to vary, as learningRate=1e-3,1e-2.')
  for (const [name, axis] of axes) checkAxis(name, axis, random !== undefined)
  const lists = axes.map(([name, axis]) =>
    Array.isArray(axis) ? distinct(axis.map((raw) => readValue(name, raw))) : null,
  )
  const isDrawn = lists.includes(null)
  const total = lists.reduce((product, list) => product * (list?.length ?? 1), 1)
  const runs = random ? (isDrawn ? random.runs : Math.min(random.runs, total)) : total
  if (runs > limit || total > mostCombinations) {
    throw invalid(
      `The sweep would be ${Math.max(runs, random ? 0 : total)} runs; at most ${limit} are started. Vary less, draw some at random, or raise the limit.`,
      { runs, limit },
    )
  }
  const source = createRandom({ seed: random?.seed ?? 0, purpose: 'sweep' })
  const order = random && !isDrawn ? source.permutation(total) : undefined
  return Array.from({ length: runs }, (_, index) => {
    const chosen = isDrawn
      ? lists.map((list, axis) =>
          list
            ? list[source.integer(list.length)]
            : draw(axes[axis]?.[0] ?? '', axes[axis]?.[1] as Range, source),
        )
      : combination(lists as unknown[][], order?.[index] ?? index)
    const settings = Object.fromEntries(axes.map(([name], axis) => [name, chosen[axis]]))
    return {
      plan: trainPlanSchema.parse({ ...plan, ...settings }),
      label: sweepLabel(
        settings,
        axes.map(([name]) => name),
      ),
    }
  })
}

function checkAxis(name: string, axis: SweepInput['values'][string], isRandom: boolean): void {
  if (!Object.hasOwn(planSettingSchemas, name)) {
    const names = Object.keys(planSettingSchemas)
    throw invalid(`'${name}' is not a setting of a plan; choose from: ${names.join(', ')}.`, { name, names })
  }
  if (Array.isArray(axis)) return
  const { from, to, scale } = axis
  if (!isRandom) {
    throw invalid(
      `The range ${from} to ${to} of '${name}' has no end of values: draw some at random, or list values.`,
    )
  }
  if (!(from < to) || (scale === 'logarithmic' && from <= 0)) {
    throw invalid(
      `The range of '${name}' should rise${scale === 'logarithmic' ? ' from above 0' : ''}; it was ${from} to ${to}.`,
    )
  }
  for (const end of [from, to]) readNumber(name, end)
}

/** Without those that were typed twice. */
function distinct(values: readonly unknown[]): unknown[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()]
}

/** The value that a setting takes: as it is, or read from how it is typed. */
function readValue(name: string, raw: unknown): unknown {
  const schema = planSettingSchemas[name as keyof TrainPlan]
  const candidates = typeof raw === 'string' ? [raw, ...readings(raw)] : [raw]
  for (const candidate of candidates) {
    const parsed = schema.safeParse(candidate)
    if (parsed.success) return parsed.data
  }
  const issue = schema.safeParse(candidates.at(-1)).error?.issues[0]
  throw invalid(`'${String(raw)}' is no value of '${name}': ${issue?.message ?? ''}.`, { name })
}

function readings(text: string): unknown[] {
  try {
    return [JSON.parse(text)]
  } catch {
    // Not JSON: numbers such as 1e-3 and .5 are left.
    return text.trim() === '' ? [] : [Number(text)]
  }
}

/** A whole number where the setting takes no other. */
function readNumber(name: string, value: number): unknown {
  const schema = planSettingSchemas[name as keyof TrainPlan]
  return schema.safeParse(value).success ? value : readValue(name, Math.round(value))
}

function draw(name: string, { from, to, scale }: Range, random: Random): unknown {
  const value =
    scale === 'linear' ? random.uniform(from, to) : Math.exp(random.uniform(Math.log(from), Math.log(to)))
  // Four digits are more than anyone can tell apart, and can be typed again.
  return readNumber(name, Number(value.toPrecision(4)))
}

/** The combination of that number, the last list varying fastest. */
function combination(lists: readonly unknown[][], number: number): unknown[] {
  const chosen: unknown[] = []
  let rest = number
  for (const list of lists.toReversed()) {
    chosen.unshift(list[rest % list.length])
    rest = Math.floor(rest / list.length)
  }
  return chosen
}

function invalid(message: string, details: Record<string, string | number | string[]> = {}): AppError {
  return new AppError('plan-invalid', message, { setting: 'grid', ...details })
}
