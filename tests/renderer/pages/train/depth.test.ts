import { describe, expect, it } from 'vitest'
import { trainPlanSchema, type TrainPlanInput } from '../../../../src/contract/train-plan.ts'
import { deeper, depthOf } from '../../../../src/renderer/src/pages/train/depth.ts'
import { formOfPlan } from '../../../../src/renderer/src/pages/train/train-form.ts'

const depthOfPlan = (plan: TrainPlanInput) => depthOf(formOfPlan(trainPlanSchema.parse(plan)))

describe('how much of the Train page a plan needs', () => {
  it('is the common settings where only those differ from the usual', () => {
    expect(depthOfPlan({})).toBe('common')
    expect(depthOfPlan({ epochs: 3, augment: 'flip', classWeights: 'balanced', mode: 'full' })).toBe('common')
  })

  it('is everything where anything else differs', () => {
    expect(depthOfPlan({ optimizer: 'sgd' })).toBe('all')
    expect(depthOfPlan({ freeze: { kind: 'first', count: 3 } })).toBe('all')
    expect(depthOfPlan({ epochs: 1, phases: [{ epochs: 1, freeze: { kind: 'all' } }] })).toBe('all')
    expect(depthOfPlan({ inputSize: 96 })).toBe('all')
  })

  it('never becomes less', () => {
    expect(deeper('all', 'common')).toBe('all')
    expect(deeper('simple', 'common')).toBe('common')
  })
})
