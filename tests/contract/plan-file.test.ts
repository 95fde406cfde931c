import { describe, expect, it } from 'vitest'
import { AppError } from '../../src/contract/errors.ts'
import { readPlanFile, writePlanFile } from '../../src/contract/plan-file.ts'
import { trainPlanSchema } from '../../src/contract/train-plan.ts'

const plan = trainPlanSchema.parse({
  mode: 'fine-tune',
  freeze: { kind: 'first', count: 4 },
  augment: 'flip,crop:4',
  learningRateBackbone: 1e-4,
})
const written = (changes: object, inPlan: object = {}): string => {
  const value = JSON.parse(writePlanFile({ name: 'Mine', plan })) as { plan: object }
  return JSON.stringify({ ...value, ...changes, plan: { ...value.plan, ...inPlan } })
}
const problemOf = (text: string): unknown => {
  try {
    readPlanFile(text)
    return null
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'plan-file-invalid') throw error
    return error.details
  }
}

describe('a plan as a file', () => {
  it('is read as it was written', () => {
    expect(readPlanFile(writePlanFile({ name: 'Mine', plan }))).toEqual({ name: 'Mine', plan })
  })

  it('is refused with what is wrong with it', () => {
    expect(problemOf('{')).toEqual({ problem: 'not-json' })
    expect(problemOf('[1]')).toEqual({ problem: 'not-a-plan' })
    expect(problemOf(written({ format: 'other' }))).toEqual({ problem: 'not-a-plan' })
    expect(problemOf(written({ version: 2 }))).toEqual({ problem: 'newer' })
    expect(problemOf(written({}, { epochs: 0 }))).toMatchObject({ problem: 'setting', setting: 'epochs' })
    expect(problemOf(written({ name: '' }))).toMatchObject({ problem: 'setting', setting: 'name' })
  })

  it('is refused for a setting that this program does not know, which would train something else', () => {
    expect(problemOf(written({}, { sharpness: 2 }))).toMatchObject({
      problem: 'setting',
      setting: 'sharpness',
    })
  })
})
