import { describe, expect, test } from 'vitest'
import { trainPlanSchema } from '../../../../src/contract/train-plan.ts'
import { findBackbone } from '../../../../src/models/catalog.ts'
import {
  defaultForm,
  formOfPlan,
  headProblem,
  isFieldInvalid,
  parseRate,
  planOfForm,
  withBackbone,
} from '../../../../src/renderer/src/pages/train/train-form.ts'

describe('the form', () => {
  test('untouched gives the defaults of the contract', () => {
    expect(planOfForm(defaultForm(), false)).toEqual(trainPlanSchema.parse({}))
  })

  test('gives back the plan it was made from', () => {
    const plan = trainPlanSchema.parse({
      mode: 'fine-tune',
      freeze: { kind: 'layers', trainable: ['_conv_head'] },
      head: '256:relu6',
      learningRate: 0.02,
      learningRateBackbone: 0.0005,
      schedule: 'cosine',
      classWeights: 'balanced',
      earlyStopping: 3,
      seed: 7,
      engine: 'wasm',
    })
    expect(planOfForm(formOfPlan(plan), true)).toEqual(plan)
  })

  test('keeps what is in its folded parts', () => {
    const plan = trainPlanSchema.parse({
      normalization: { mean: [0.49, 0.48, 0.45], standardDeviation: [0.2, 0.2, 0.2] },
      augment: 'flip,crop:4',
      phases: [
        { epochs: 2, freeze: { kind: 'all' } },
        { epochs: 3, freeze: { kind: 'none' }, learningRate: 1e-4 },
      ],
      epochs: 5,
      momentum: 0.5,
      optimizer: 'rmsprop',
      inputSize: 32,
    })
    expect(planOfForm(formOfPlan(plan), true)).toEqual(plan)
  })

  test('trains for as long as its phases say', () => {
    const form = { ...defaultForm(), epochs: 50 }
    form.phases = [
      { epochs: 2, freeze: { kind: 'all' } },
      { epochs: 3, freeze: { kind: 'none' } },
    ]
    expect(planOfForm(form, true)?.epochs).toBe(5)
  })

  test('leaves out what its other choices have no use for', () => {
    const form = { ...defaultForm(), momentum: '0.5', nesterov: true }
    expect(planOfForm({ ...form, optimizer: 'adam' }, true)).toMatchObject({ nesterov: false })
    expect(planOfForm({ ...form, optimizer: 'adam' }, true)?.momentum).toBeUndefined()
    expect(planOfForm({ ...form, optimizer: 'sgd' }, true)).toMatchObject({ momentum: 0.5, nesterov: true })
    form.choice = { mode: 'fine-tune', freeze: { kind: 'all' } }
    form.phases = [{ epochs: 2, freeze: { kind: 'none' } }]
    expect(planOfForm(form, true)).toMatchObject({ mode: 'fine-tune' })
    expect(planOfForm(form, true)?.freeze).toBeUndefined()
  })

  test('tells fields that may be empty from wrong ones', () => {
    expect(isFieldInvalid({ ...defaultForm(), momentum: '' }, 'momentum')).toBe(false)
    expect(isFieldInvalid({ ...defaultForm(), momentum: '0,9' }, 'momentum')).toBe(false)
    expect(isFieldInvalid({ ...defaultForm(), momentum: '1' }, 'momentum')).toBe(true)
    expect(isFieldInvalid({ ...defaultForm(), inputSize: '7' }, 'inputSize')).toBe(true)
    expect(planOfForm({ ...defaultForm(), inputSize: 'large' }, true)).toBeNull()
  })

  test('leaves the rate of the backbone out where nothing of it is trained', () => {
    const form = { ...defaultForm(), learningRateBackbone: '0.0001' }
    expect(planOfForm(form, false)?.learningRateBackbone).toBeUndefined()
    expect(planOfForm(form, true)?.learningRateBackbone).toBe(0.0001)
  })

  test('is no plan with a rate that is none', () => {
    expect(planOfForm({ ...defaultForm(), learningRate: '' }, false)).toBeNull()
    expect(planOfForm({ ...defaultForm(), learningRateBackbone: 'x' }, true)).toBeNull()
    expect(planOfForm({ ...defaultForm(), headKind: 'custom', headText: ' 64:relu ' }, true)?.head).toBe(
      '64:relu',
    )
  })

  test('reads rates with a comma or an exponent, and no others', () => {
    expect(['0,01', '1e-3', ' 2 '].map(parseRate)).toEqual([0.01, 0.001, 2])
    expect(['0', '-1', '101', 'fast', 'Infinity', ''].map(parseRate)).toEqual(Array(6).fill(null))
  })

  test('with another backbone says nothing of layers that this one does not have', () => {
    const layers = formOfPlan(
      trainPlanSchema.parse({
        backbone: 'resnet18',
        mode: 'fine-tune',
        freeze: { kind: 'layers', trainable: ['layer4.1.conv2'] },
        phases: [{ epochs: 2, freeze: { kind: 'until', layer: 'layer3.0.conv1' } }],
      }),
    )
    expect(withBackbone(layers, findBackbone('resnet34'))).toMatchObject({
      backbone: 'resnet34',
      choice: layers.choice,
      phases: layers.phases,
    })
    expect(withBackbone(layers, findBackbone('vgg16'))).toMatchObject({
      backbone: 'vgg16',
      choice: { mode: 'fine-tune' },
      phases: [],
    })
  })

  test('names the token of a head that cannot be read', () => {
    expect(headProblem('512:relu,dropout:0.3')).toBeNull()
    expect(headProblem('512:relu,swish')).toBe('swish')
  })
})
