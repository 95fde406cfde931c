import { planSettingSchemas } from '../../../../contract/recipes.ts'
import {
  classWeightings,
  optimizerNames,
  samplings,
  scheduleNames,
  trainingModes,
  type TrainPlan,
} from '../../../../contract/train-plan.ts'
import type { RequestInput } from '../../../../contract/requests/index.ts'

/** Most runs of one sweep, as the contract has it. */
export const mostRuns = 1000
/** From here on a person is told that it may take long. */
export const manyRuns = 50

/** A setting that a sweep can vary, and how its values are given. */
type SweepSetting =
  /** Numbers as text, or a range. `values`: what the field begins with. */
  | {
      readonly kind: 'numbers'
      readonly values: string
      readonly range: readonly [string, string]
      readonly scale: Scale
    }
  /** Some of these; null: they depend on what is installed. */
  | { readonly kind: 'choices'; readonly options: readonly string[] | null }
  /** Text, one value on each line. */
  | { readonly kind: 'lines'; readonly values: string }
type Scale = 'linear' | 'logarithmic'

function numbers(values: string, from: string, to: string, scale: Scale = 'linear'): SweepSetting {
  return { kind: 'numbers', values, range: [from, to], scale }
}

/** The settings in the order of the list, those that are varied most first. */
export const sweepSettings = {
  learningRate: numbers('0.0003, 0.001, 0.003, 0.01', '0.0001', '0.1', 'logarithmic'),
  batchSize: numbers('16, 32, 64', '8', '128', 'logarithmic'),
  head: { kind: 'lines', values: '\n256:relu\n512:relu,dropout:0.3' },
  optimizer: { kind: 'choices', options: optimizerNames },
  weightDecay: numbers('0, 0.0001, 0.01', '0.00001', '0.1', 'logarithmic'),
  augment: { kind: 'choices', options: null },
  mode: { kind: 'choices', options: trainingModes },
  backbone: { kind: 'choices', options: null },
  epochs: numbers('10, 20, 40', '5', '50'),
  schedule: { kind: 'choices', options: scheduleNames },
  learningRateBackbone: numbers('0.00003, 0.0001, 0.0003', '0.00001', '0.001', 'logarithmic'),
  warmUpEpochs: numbers('0, 1, 3', '0', '3'),
  momentum: numbers('0, 0.9, 0.95', '0.5', '0.99'),
  labelSmoothing: numbers('0, 0.1', '0', '0.2'),
  mixup: numbers('0, 0.2', '0', '0.5'),
  cutmix: numbers('0, 1', '0', '1'),
  classWeights: { kind: 'choices', options: classWeightings },
  sampling: { kind: 'choices', options: samplings },
  layerDecay: numbers('1, 0.8, 0.6', '0.5', '1'),
  clipNorm: numbers('0, 1', '0.5', '5'),
  accumulation: numbers('1, 2, 4', '1', '8'),
  inputSize: numbers('128, 160, 224', '96', '256'),
  earlyStopping: numbers('0, 5', '3', '10'),
  seed: numbers('0, 1, 2, 3, 4', '0', '1000'),
} as const satisfies Partial<Record<keyof TrainPlan, SweepSetting>>
export type SweepSettingName = keyof typeof sweepSettings
export const sweepSettingNames = Object.keys(sweepSettings) as SweepSettingName[]

/** The kind of a setting's values. */
export function settingOf(name: SweepSettingName): SweepSetting {
  return sweepSettings[name]
}

/** One setting that varies, as the dialog edits it. */
export interface SweepAxis {
  setting: SweepSettingName
  how: 'values' | 'range'
  /** Of numbers and lines. */
  text: string
  /** Of choices. */
  chosen: string[]
  from: string
  to: string
  scale: Scale
}

/** An axis with what usually is tried. */
export function newAxis(setting: SweepSettingName): SweepAxis {
  const definition = settingOf(setting)
  const axis: SweepAxis = { setting, how: 'values', text: '', chosen: [], from: '', to: '', scale: 'linear' }
  if (definition.kind === 'choices') return axis
  if (definition.kind === 'lines') return { ...axis, text: definition.values }
  const [from, to] = definition.range
  return { ...axis, text: definition.values, from, to, scale: definition.scale }
}

/** The first setting that no axis varies; null: all are varied. */
export function nextSetting(axes: readonly SweepAxis[]): SweepSettingName | null {
  return sweepSettingNames.find((name) => axes.every(({ setting }) => setting !== name)) ?? null
}

/** What keeps an axis from being used. */
export type AxisProblem = { kind: 'empty' } | { kind: 'value'; value: string } | { kind: 'range' }

type AxisValues = RequestInput<'runs.sweep'>['values'][string]

/** The values of an axis as the request takes them, each once; or what is wrong with it. */
export function readAxis(axis: SweepAxis): { values: AxisValues } | { problem: AxisProblem } {
  const { kind } = settingOf(axis.setting)
  if (kind === 'numbers' && axis.how === 'range') return readRange(axis)
  const texts =
    kind === 'choices'
      ? axis.chosen
      : kind === 'lines'
        ? axis.text.split('\n').map((line) => line.trim())
        : axis.text.split(/[,;\s]+/).filter((text) => text !== '')
  const values: unknown[] = []
  for (const text of new Set(texts)) {
    const value = kind === 'numbers' ? Number(text) : text
    if (!planSettingSchemas[axis.setting].safeParse(value).success)
      return { problem: { kind: 'value', value: text } }
    values.push(value)
  }
  return values.length === 0 ? { problem: { kind: 'empty' } } : { values: [...new Set(values)] }
}

function readRange({
  setting,
  from,
  to,
  scale,
}: SweepAxis): { values: AxisValues } | { problem: AxisProblem } {
  const schema = planSettingSchemas[setting]
  const [low, high] = [from, to].map((text) =>
    text.trim() === '' ? NaN : Number(text.trim().replace(',', '.')),
  )
  if (low === undefined || high === undefined || !(low < high) || (scale === 'logarithmic' && low <= 0)) {
    return { problem: { kind: 'range' } }
  }
  // A setting of whole numbers takes a fraction as the nearest of them.
  const isAllowed = (value: number) =>
    schema.safeParse(value).success || schema.safeParse(Math.round(value)).success
  if (!isAllowed(low) || !isAllowed(high)) return { problem: { kind: 'range' } }
  return { values: { from: low, to: high, scale } }
}

/** Whether an axis has no end of values, so that they must be drawn. */
export function isRange(axis: SweepAxis): boolean {
  return settingOf(axis.setting).kind === 'numbers' && axis.how === 'range'
}

/**
 * How many runs a sweep starts, as core counts them.
 *
 * @param draws so many are drawn at random; null: every combination
 * @returns null where an axis cannot be read, or a range is not drawn from
 */
export function countRuns(axes: readonly SweepAxis[], draws: number | null): number | null {
  let combinations = 1
  for (const axis of axes) {
    const read = readAxis(axis)
    if ('problem' in read) return null
    if (Array.isArray(read.values)) combinations *= read.values.length
    else combinations = Infinity
  }
  if (axes.length === 0) return 0
  if (draws === null) return combinations === Infinity ? null : combinations
  // With a range every draw is its own, even where the other values come again.
  return Math.min(draws, combinations)
}

/** Parts of the base plan that would contradict a setting that varies, by that setting. */
export const replacedBy = {
  mode: ['freeze'],
  optimizer: ['momentum', 'nesterov', 'weightDecay'],
  schedule: ['scheduleParameters'],
  backbone: ['freeze', 'phases', 'inputSize'],
  epochs: ['phases'],
} as const satisfies Partial<Record<SweepSettingName, readonly (keyof TrainPlan)[]>>

/** Settings that vary and make others of the base plan be left out, where it has them. */
export function replacementsOf(plan: TrainPlan, axes: readonly SweepAxis[]): (keyof typeof replacedBy)[] {
  return (Object.keys(replacedBy) as (keyof typeof replacedBy)[]).filter(
    (name) =>
      axes.some(({ setting }) => setting === name) &&
      replacedBy[name].some((key) => isSet(plan[key]) && axes.every(({ setting }) => setting !== key)),
  )
}

function isSet(value: unknown): boolean {
  if (value === undefined || value === false) return false
  return typeof value !== 'object' || value === null || Object.keys(value).length > 0
}

/** The base plan without what would contradict the settings that vary. */
export function baseOf(plan: TrainPlan, axes: readonly SweepAxis[]): RequestInput<'runs.sweep'>['plan'] {
  const left = new Set<string>(
    axes.flatMap(({ setting }) =>
      setting in replacedBy ? replacedBy[setting as keyof typeof replacedBy] : [],
    ),
  )
  return Object.fromEntries(Object.entries(plan).filter(([key]) => !left.has(key)))
}
