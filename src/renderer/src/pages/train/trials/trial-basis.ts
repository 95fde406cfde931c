import type { TrainPlan } from '../../../../../contract/train-plan.ts'
import type { TrainForm } from '../train-form.ts'
import { parseRate } from '../train-form.ts'
import type { TrainingData } from '../training-data.ts'

/** What an estimate depends on: the plan, and how many images of which class and split there are. Equal texts: the estimate still holds. */
export function estimateBasis(plan: TrainPlan, data: TrainingData): string {
  return JSON.stringify([plan, imagesOf(data)])
}

/** What a search of the rate depends on; the rate itself only where another rate is set in proportion to it. */
export function rateSearchBasis(plan: TrainPlan, data: TrainingData): string {
  const { learningRate, ...rest } = plan
  const isProportional = plan.learningRateBackbone !== undefined || plan.phases.length > 0
  return JSON.stringify([rest, isProportional ? learningRate : null, imagesOf(data)])
}

function imagesOf({ classes, splits }: TrainingData): unknown {
  return [classes.map(({ name, total }) => [name, total]), splits]
}

/** The form with a rate that a plan can be made of, also while the field is empty or half typed. */
export function withSomeRate(form: TrainForm): TrainForm {
  return parseRate(form.learningRate) === null ? { ...form, learningRate: '0.001' } : form
}

/** Sets the rate that a search found: of the first phase where that has its own, since the search tries that phase, otherwise of the form. */
export function applyRate(form: TrainForm, rate: number): void {
  const rounded = Number(rate.toPrecision(2))
  const [first] = form.phases
  if (first?.learningRate !== undefined) first.learningRate = rounded
  else form.learningRate = String(rounded)
}

/** Two digits and a power of ten, as `5.9e-3`. */
export function rateText(rate: number): string {
  return rate.toExponential(1)
}
