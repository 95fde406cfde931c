import { describe, expect, test } from 'vitest'
import { trainPlanSchema } from '../../../../../src/contract/train-plan.ts'
import {
  defaultForm,
  formOfPlan,
  planOfForm,
} from '../../../../../src/renderer/src/pages/train/train-form.ts'
import type { TrainingData } from '../../../../../src/renderer/src/pages/train/training-data.ts'
import {
  applyRate,
  estimateBasis,
  rateSearchBasis,
  rateText,
  withSomeRate,
} from '../../../../../src/renderer/src/pages/train/trials/trial-basis.ts'

const plan = (settings: object = {}) => trainPlanSchema.parse(settings)
const data = (cats = 5): TrainingData => ({
  classes: [
    { name: 'cat', color: '#000', total: cats, splits: null },
    { name: 'dog', color: '#fff', total: 5, splits: null },
  ],
  labelled: cats + 5,
  unlabelled: 0,
  splits: { train: cats + 5, validation: 0, test: 0, none: 0 },
  pending: 0,
  unusable: 0,
})

describe('an estimate holds', () => {
  test('for the same settings on the same images', () => {
    expect(estimateBasis(plan(), data())).toBe(estimateBasis(plan(), data()))
  })

  test('no longer after a change of the settings or the images', () => {
    const before = estimateBasis(plan(), data())
    expect(estimateBasis(plan({ batchSize: 8 }), data())).not.toBe(before)
    expect(estimateBasis(plan(), data(6))).not.toBe(before)
  })
})

describe('a search of the rate holds', () => {
  test('for any rate, which is what it tries', () => {
    expect(rateSearchBasis(plan({ learningRate: 0.5 }), data())).toBe(rateSearchBasis(plan(), data()))
  })

  test('for one rate only where another is in proportion to it', () => {
    const settings = { mode: 'full', learningRateBackbone: 1e-5 }
    expect(rateSearchBasis(plan({ ...settings, learningRate: 0.5 }), data())).not.toBe(
      rateSearchBasis(plan(settings), data()),
    )
  })

  test('no longer after a change of the optimiser', () => {
    expect(rateSearchBasis(plan({ optimizer: 'sgd' }), data())).not.toBe(rateSearchBasis(plan(), data()))
  })
})

describe('a rate that was found', () => {
  test('is written with two digits and a power of ten', () => {
    expect([rateText(0.005_94), rateText(1e-7), rateText(2.04)]).toEqual(['5.9e-3', '1.0e-7', '2.0e+0'])
  })

  test('becomes the rate of the form, and its plan', () => {
    const form = defaultForm()
    applyRate(form, 0.005_94)
    expect(form.learningRate).toBe('0.0059')
    expect(planOfForm(form, false)?.learningRate).toBe(0.0059)
  })

  test('becomes that of the first phase where it has its own, since that was tried', () => {
    const phases = [
      { epochs: 1, freeze: { kind: 'all' }, learningRate: 0.1 },
      { epochs: 1, freeze: { kind: 'none' } },
    ]
    const form = formOfPlan(plan({ phases, epochs: 2 }))
    applyRate(form, 0.002)
    expect(form.phases.map(({ learningRate }) => learningRate)).toEqual([0.002, undefined])
    expect(form.learningRate).toBe('0.001')
  })

  test('can be searched for while the field is empty', () => {
    const form = { ...defaultForm(), learningRate: '' }
    expect(planOfForm(form, false)).toBeNull()
    expect(planOfForm(withSomeRate(form), false)).not.toBeNull()
    const typed = { ...defaultForm(), learningRate: '0.3' }
    expect(withSomeRate(typed)).toBe(typed)
  })
})
