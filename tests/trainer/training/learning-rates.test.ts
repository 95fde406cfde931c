import { describe, expect, it } from 'vitest'
import { trainPlanSchema, type TrainPlanInput } from '../../../src/contract/train-plan.ts'
import { findBackbone } from '../../../src/models/catalog.ts'
import { phasesOf } from '../../../src/models/training/phases.ts'
import { buildNetwork } from '../../../src/trainer/network.ts'
import { learningRates } from '../../../src/trainer/training/learning-rates.ts'

const position = { step: 0, stepsPerEpoch: 1, totalSteps: 1, losses: [] }

function rates(input: TrainPlanInput, phase = 0) {
  const plan = trainPlanSchema.parse({ backbone: 'resnet18', ...input })
  const rateOf = learningRates(
    plan,
    phasesOf(plan)[phase]!,
    buildNetwork(findBackbone(plan.backbone), plan, 3),
  )
  return (name: string) => rateOf(name, position)
}

describe('learning rates', () => {
  it('the backbone has a tenth of the rate of the head, or its own', () => {
    const usual = rates({ mode: 'full', learningRate: 0.01 })
    expect(usual('head.logits/kernel')).toBe(0.01)
    expect(usual('conv1/kernel')).toBeCloseTo(0.001, 12)
    const own = rates({ mode: 'full', learningRate: 0.01, learningRateBackbone: 0.5 })
    expect(own('layer4.1.conv2/kernel')).toBe(0.5)
  })

  it('a backbone that starts from nothing learns as fast as the head', () => {
    expect(rates({ mode: 'scratch', learningRate: 0.01 })('conv1/kernel')).toBe(0.01)
  })

  it('falls from block to block towards the image', () => {
    const decayed = rates({ mode: 'full', learningRate: 0.1, layerDecay: 0.5 })
    const highest = decayed('layer4.1.conv2/kernel')
    expect(highest).toBeCloseTo(0.01, 12)
    const lower = ['layer3.1.conv1', 'layer1.0.conv1', 'conv1'].map((node) => decayed(`${node}/kernel`))
    lower.forEach((rate, index) => expect(rate).toBeLessThan([highest, ...lower][index]!))
    expect(Math.log2(highest / decayed('conv1/kernel')) % 1).toBeCloseTo(0, 9)
  })

  it('each phase has its own', () => {
    const plan: TrainPlanInput = {
      mode: 'fine-tune',
      epochs: 3,
      learningRate: 0.01,
      learningRateBackbone: 0.002,
      phases: [
        { epochs: 1, freeze: { kind: 'all' } },
        { epochs: 2, freeze: { kind: 'none' }, learningRate: 0.005 },
      ],
    }
    expect(rates(plan)('head.logits/kernel')).toBe(0.01)
    expect(rates(plan)('conv1/kernel')).toBe(0.002)
    expect(rates(plan, 1)('head.logits/kernel')).toBe(0.005)
    expect(rates(plan, 1)('conv1/kernel')).toBeCloseTo(0.0005, 12)
  })
})
