import { trainPlanSchema, type TrainPlan } from '../../../../contract/train-plan.ts'
import { AppError } from '../../../../contract/errors.ts'
import { parseHead } from '../../../../models/heads/parse-head.ts'
import type { FreezeChoice } from './freeze-tree.ts'

/** The ready-made heads, and one of the person's own. */
export const headKinds = ['linear', 'hidden', 'custom'] as const
export type HeadKind = (typeof headKinds)[number]

/** What `hidden` stands for. */
export const hiddenHead = '512:relu,dropout:0.3'

/** The settings as the page edits them: numbers that may be half typed are text. */
export interface TrainForm {
  backbone: string
  choice: FreezeChoice
  headKind: HeadKind
  /** Of the kind `custom`. */
  headText: string
  epochs: number
  batchSize: number
  optimizer: TrainPlan['optimizer']
  learningRate: string
  learningRateBackbone: string
  schedule: TrainPlan['schedule']
  classWeights: TrainPlan['classWeights']
  earlyStopping: number
  seed: number
  engine: TrainPlan['engine']
}

/** The form that stands for a plan. */
export function formOfPlan(plan: TrainPlan): TrainForm {
  return {
    backbone: plan.backbone,
    choice: plan.freeze === undefined ? { mode: plan.mode } : { mode: plan.mode, freeze: plan.freeze },
    headKind: plan.head === '' ? 'linear' : plan.head === hiddenHead ? 'hidden' : 'custom',
    headText: plan.head === '' ? hiddenHead : plan.head,
    epochs: plan.epochs,
    batchSize: plan.batchSize,
    optimizer: plan.optimizer,
    learningRate: String(plan.learningRate),
    learningRateBackbone: plan.learningRateBackbone === undefined ? '' : String(plan.learningRateBackbone),
    schedule: plan.schedule,
    classWeights: plan.classWeights,
    earlyStopping: plan.earlyStopping,
    seed: plan.seed,
    engine: plan.engine,
  }
}

/** The defaults of the contract, which are the command line's too. */
export function defaultForm(): TrainForm {
  return formOfPlan(trainPlanSchema.parse({}))
}

/** A learning rate as typed, with a point or a comma; null where it is none. */
export function parseRate(text: string): number | null {
  const value = Number(text.trim().replace(',', '.'))
  return text.trim() !== '' && Number.isFinite(value) && value > 0 && value <= 100 ? value : null
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
  const learningRate = parseRate(form.learningRate)
  const hasOwnRate = thawed && form.choice.mode !== 'scratch' && form.learningRateBackbone.trim() !== ''
  const learningRateBackbone = hasOwnRate ? parseRate(form.learningRateBackbone) : undefined
  if (learningRate === null || learningRateBackbone === null) return null
  const parsed = trainPlanSchema.safeParse({
    backbone: form.backbone,
    ...form.choice,
    head: headOf(form),
    epochs: form.epochs,
    batchSize: form.batchSize,
    optimizer: form.optimizer,
    learningRate,
    ...(learningRateBackbone === undefined ? {} : { learningRateBackbone }),
    schedule: form.schedule,
    classWeights: form.classWeights,
    earlyStopping: form.earlyStopping,
    seed: form.seed,
    engine: form.engine,
  })
  return parsed.success ? parsed.data : null
}
