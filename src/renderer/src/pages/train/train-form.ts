import { trainPlanSchema, type FreezePlan, type TrainPlan } from '../../../../contract/train-plan.ts'
import { AppError } from '../../../../contract/errors.ts'
import type { Backbone } from '../../../../models/backbone.ts'
import { resolveTrainable } from '../../../../models/freeze.ts'
import type { Graph } from '../../../../models/graph.ts'
import { parseHead } from '../../../../models/heads/parse-head.ts'
import type { FreezeChoice } from './freeze-tree.ts'

/** The ready-made heads, and one of the person's own. */
export const headKinds = ['linear', 'hidden', 'custom'] as const
export type HeadKind = (typeof headKinds)[number]

/** What `hidden` stands for. */
export const hiddenHead = '512:relu,dropout:0.3'

/** Settings that may be left empty, and rates: as text, since they may be half typed. */
const textFields = ['learningRate', 'learningRateBackbone', 'momentum', 'weightDecay', 'inputSize'] as const
type TextField = (typeof textFields)[number]

/** The settings as the page edits them. */
export type TrainForm = Omit<TrainPlan, 'mode' | 'freeze' | 'head' | TextField> & {
  choice: FreezeChoice
  headKind: HeadKind
  /** Of the kind `custom`. */
  headText: string
} & Record<TextField, string>

/** The form that stands for a plan. */
export function formOfPlan(plan: TrainPlan): TrainForm {
  // Parsed anew, so that the form shares no object with a stored run.
  const { mode, freeze, head, ...rest } = trainPlanSchema.parse(plan)
  const texts = Object.fromEntries(textFields.map((field) => [field, textOf(rest[field])])) as Record<
    TextField,
    string
  >
  return {
    ...rest,
    ...texts,
    choice: freeze === undefined ? { mode } : { mode, freeze },
    headKind: head === '' ? 'linear' : head === hiddenHead ? 'hidden' : 'custom',
    headText: head === '' ? hiddenHead : head,
  }
}

function textOf(value: number | undefined): string {
  return value === undefined ? '' : String(value)
}

/** The defaults of the contract, which are the command line's too. */
export function defaultForm(): TrainForm {
  return formOfPlan(trainPlanSchema.parse({}))
}

/** The form with another backbone: what it says of layers that are not in it, or of a size that it does not take, is left out. */
export function withBackbone(form: TrainForm, { meta, build, own }: Backbone): TrainForm {
  const graph = build()
  const { choice, phases, inputSize } = form
  return {
    ...form,
    backbone: meta.id,
    choice: choice.freeze === undefined || fits(choice.freeze, graph) ? choice : { mode: choice.mode },
    phases: phases.every(({ freeze }) => fits(freeze, graph)) ? phases : [],
    inputSize: own?.fixedSize ? '' : inputSize,
  }
}

function fits(freeze: FreezePlan, graph: Graph): boolean {
  try {
    resolveTrainable(graph, freeze)
    return true
  } catch (error) {
    if (error instanceof AppError) return false
    throw error
  }
}

/** A number as typed, with a point or a comma; null where it is none. */
export function parseNumber(text: string): number | null {
  const value = Number(text.trim().replace(',', '.'))
  return text.trim() !== '' && Number.isFinite(value) ? value : null
}

/** A learning rate as typed; null where it is none. */
export function parseRate(text: string): number | null {
  const value = parseNumber(text)
  return value !== null && value > 0 && value <= 100 ? value : null
}

/** Whether a field that may be empty is neither that nor a value the plan takes. */
export function isFieldInvalid(form: TrainForm, field: Exclude<TextField, 'learningRate'>): boolean {
  const text = form[field]
  if (text.trim() === '') return false
  return !trainPlanSchema.shape[field].safeParse(parseNumber(text) ?? NaN).success
}

/** The head that a form means, as a plan writes it. */
export function headOf(form: Pick<TrainForm, 'headKind' | 'headText'>): string {
  if (form.headKind === 'linear') return ''
  return form.headKind === 'hidden' ? hiddenHead : form.headText.trim()
}

/** The token of a head that cannot be read; null where all can. */
export function headProblem(head: string): string | null {
  try {
    parseHead(head)
    return null
  } catch (error) {
    if (error instanceof AppError) return String(error.details.token ?? head)
    throw error
  }
}

/**
 * The plan that a form means.
 *
 * @param thawed whether layers of the backbone are trained: only then its own rate is part of the plan
 * @returns null where a field cannot be read
 */
export function planOfForm(form: TrainForm, thawed: boolean): TrainPlan | null {
  const { choice, headKind, headText, ...rest } = form
  const hasPhases = form.phases.length > 0
  const isUsed = (field: TextField): boolean => {
    if (field === 'learningRateBackbone') return thawed || hasPhases
    return field !== 'momentum' || form.optimizer === 'sgd' || form.optimizer === 'rmsprop'
  }
  const texts: [TextField, string][] = textFields.flatMap((field) => {
    const text = form[field].trim()
    return text !== '' && isUsed(field) ? [[field, text]] : []
  })
  const parsed = trainPlanSchema.safeParse({
    ...withoutTextFields(rest),
    // Phases say themselves what is frozen.
    ...(hasPhases ? { mode: choice.mode } : choice),
    nesterov: form.nesterov && form.optimizer === 'sgd',
    head: headOf({ headKind, headText }),
    ...Object.fromEntries(texts.map(([field, text]) => [field, parseNumber(text) ?? NaN])),
    // An empty rate is not the default: it was deleted to be typed anew.
    learningRate: parseRate(form.learningRate) ?? NaN,
    epochs: hasPhases ? form.phases.reduce((sum, phase) => sum + phase.epochs, 0) : form.epochs,
  })
  return parsed.success ? parsed.data : null
}

function withoutTextFields(rest: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(rest).filter(([key]) => !(textFields as readonly string[]).includes(key)),
  )
}
