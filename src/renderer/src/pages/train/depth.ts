import type { TrainForm } from './train-form.ts'
import { defaultForm } from './train-form.ts'

/** How much of the Train page is shown, from the least on. */
export const depths = ['simple', 'common', 'all'] as const
export type Depth = (typeof depths)[number]

const depthKey = 'thaw.train.depth'

/** What was chosen on this computer; the common settings at first. */
export function storedDepth(): Depth {
  const stored = localStorage.getItem(depthKey)
  return depths.find((depth) => depth === stored) ?? 'common'
}

export function storeDepth(depth: Depth): void {
  localStorage.setItem(depthKey, depth)
}

/** Settings that only the deepest level shows. */
const deepSettings = [
  'optimizer',
  'momentum',
  'nesterov',
  'weightDecay',
  'clipNorm',
  'schedule',
  'warmUpEpochs',
  'layerDecay',
  'batchSize',
  'accumulation',
  'inputSize',
  'seed',
  'engine',
] as const satisfies readonly (keyof TrainForm)[]

/** The least depth at which everything of a form that is not as usual is seen: what a run or a plan brings must not be hidden. */
export function depthOf(form: TrainForm): Depth {
  const usual = defaultForm()
  const isDeep =
    form.phases.length > 0 ||
    form.choice.freeze !== undefined ||
    form.normalization !== undefined ||
    deepSettings.some((name) => form[name] !== usual[name])
  return isDeep ? 'all' : 'common'
}

/** The deeper of two. */
export function deeper(one: Depth, other: Depth): Depth {
  return depths.indexOf(one) > depths.indexOf(other) ? one : other
}
