import { describe, expect, test } from 'vitest'
import { trainPlanSchema } from '../../../../src/contract/train-plan.ts'
import { sweepPlans } from '../../../../src/core/runs/groups/sweep-plans.ts'
import { en } from '../../../../src/renderer/src/locales/en.ts'
import {
  baseOf,
  countRuns,
  isRange,
  newAxis,
  nextSetting,
  readAxis,
  replacementsOf,
  settingOf,
  sweepSettingNames,
  type SweepAxis,
  type SweepSettingName,
} from '../../../../src/renderer/src/pages/sweep/sweep-form.ts'

const plan = trainPlanSchema.parse({})
const axis = (setting: SweepSettingName, changes: Partial<SweepAxis> = {}): SweepAxis => ({
  ...newAxis(setting),
  ...changes,
})
const range = (from: string, to: string, changes: Partial<SweepAxis> = {}) =>
  axis('learningRate', { how: 'range', from, to, scale: 'logarithmic', ...changes })

/** The runs that core makes of the same axes. */
function coreRuns(axes: readonly SweepAxis[], draws: number | null): number {
  const values = Object.fromEntries(
    axes.flatMap((each) => {
      const read = readAxis(each)
      return 'values' in read ? [[each.setting, read.values]] : []
    }),
  )
  const random = draws === null ? undefined : { runs: draws, seed: 0 }
  return sweepPlans({ plan, values, random, limit: 1000 }).length
}

describe('a setting that varies', () => {
  test('begins with values that it takes, or with a choice to be made', () => {
    for (const name of sweepSettingNames) {
      const read = readAxis(newAxis(name))
      if (settingOf(name).kind === 'choices') expect(read, name).toEqual({ problem: { kind: 'empty' } })
      else expect(read, name).toHaveProperty('values')
      if (settingOf(name).kind !== 'numbers') continue
      expect(readAxis({ ...newAxis(name), how: 'range' }), `${name} as a range`).toHaveProperty('values')
    }
  })

  test('has a name in the interface', () => {
    expect(Object.keys(en.sweep.settings).sort()).toEqual([...sweepSettingNames].sort())
  })

  test('takes each value once, with commas or spaces between them', () => {
    expect(readAxis(axis('learningRate', { text: '1e-3, 0.001 0.01;0.1' }))).toEqual({
      values: [0.001, 0.01, 0.1],
    })
    expect(readAxis(axis('head', { text: '\n256:relu\n256:relu ' }))).toEqual({ values: ['', '256:relu'] })
  })

  test('names the value that it does not take', () => {
    expect(readAxis(axis('batchSize', { text: '16, 2.5' }))).toEqual({
      problem: { kind: 'value', value: '2.5' },
    })
    expect(readAxis(axis('learningRate', { text: 'fast' }))).toEqual({
      problem: { kind: 'value', value: 'fast' },
    })
    expect(readAxis(axis('learningRate', { text: ' , ' }))).toEqual({ problem: { kind: 'empty' } })
  })

  test('takes a rising range within its limits', () => {
    expect(readAxis(range('0,001', '0.1'))).toEqual({
      values: { from: 0.001, to: 0.1, scale: 'logarithmic' },
    })
    expect(readAxis(range('0.1', '0.001'))).toEqual({ problem: { kind: 'range' } })
    expect(readAxis(range('0', '0.1'))).toEqual({ problem: { kind: 'range' } })
    expect(readAxis(range('1', '1000'))).toEqual({ problem: { kind: 'range' } })
    expect(readAxis(range('', '0.1'))).toEqual({ problem: { kind: 'range' } })
    expect(isRange(axis('mode', { how: 'range' }))).toBe(false)
  })

  test('is followed by one that does not vary yet', () => {
    expect(nextSetting([])).toBe('learningRate')
    expect(nextSetting([newAxis('learningRate')])).toBe('batchSize')
    expect(nextSetting(sweepSettingNames.map(newAxis))).toBeNull()
  })
})

describe('the number of runs', () => {
  const axes = [
    axis('learningRate', { text: '0.1, 0.01, 0.001' }),
    axis('optimizer', { chosen: ['sgd', 'adam'] }),
  ]

  test('is what core makes of it', () => {
    for (const draws of [null, 1, 4, 6, 50]) {
      expect(countRuns(axes, draws), String(draws)).toBe(coreRuns(axes, draws))
    }
    const drawn = [...axes, range('0.001', '0.1', { setting: 'weightDecay' })]
    expect(countRuns(drawn, 20)).toBe(coreRuns(drawn, 20))
  })

  test('is not known before all can be read, or of a range that is not drawn from', () => {
    expect(countRuns([axis('mode')], null)).toBeNull()
    expect(countRuns([range('0.001', '0.1')], null)).toBeNull()
    expect(countRuns([], null)).toBe(0)
  })
})

describe('the other settings', () => {
  const own = trainPlanSchema.parse({
    mode: 'fine-tune',
    freeze: { kind: 'first', count: 5 },
    optimizer: 'sgd',
    momentum: 0.8,
    nesterov: true,
    schedule: 'cosine',
    scheduleParameters: { finalFactor: 0.1 },
  })

  test('are kept', () => {
    expect(baseOf(own, [axis('learningRate')])).toEqual(own)
    expect(replacementsOf(own, [axis('learningRate')])).toEqual([])
  })

  test('lose what contradicts a setting that varies, which is told', () => {
    const axes = [
      axis('mode', { chosen: ['full'] }),
      axis('optimizer', { chosen: ['adam'] }),
      axis('schedule', { chosen: ['step'] }),
    ]
    const base = baseOf(own, axes)
    for (const key of ['freeze', 'momentum', 'nesterov', 'scheduleParameters'])
      expect(base).not.toHaveProperty(key)
    expect(replacementsOf(own, axes)).toEqual(['mode', 'optimizer', 'schedule'])
    expect(replacementsOf(plan, axes)).toEqual([])
  })
})
