import { describe, expect, it } from 'vitest'
import { trainPlanSchema, type TrainPlanInput } from '../../../../src/contract/train-plan.ts'
import type { TrainingSign } from '../../../../src/metrics/index.ts'
import { findBackbone } from '../../../../src/models/catalog.ts'
import { presetOfChoice } from '../../../../src/renderer/src/pages/train/freeze-tree.ts'
import { remediesOf } from '../../../../src/renderer/src/pages/run/run-advice.ts'

const backbone = findBackbone('efficientnet-lite0').build()
const signs: Record<TrainingSign['kind'], TrainingSign> = {
  divergence: { kind: 'divergence', epoch: 2, loss: 3, guessing: 1.1 },
  overfitting: { kind: 'overfitting', bestEpoch: 3, epochs: 5, rise: 0.2 },
  plateau: { kind: 'plateau', of: 'validation', epochs: 10, lowest: 0.3 },
  unfinished: { kind: 'unfinished', epochs: 3, gain: 0.1 },
}
const counts = { train: 10, validation: 5, test: 5 }
const remedies = (
  kind: TrainingSign['kind'],
  plan: TrainPlanInput = {},
  status: 'running' | 'completed' = 'completed',
) => remediesOf(signs[kind], { plan: trainPlanSchema.parse(plan), status, counts }, backbone)

describe('what to do about what curves say', () => {
  it('is to end a run that trains: well, or at once where nothing of it is worth keeping', () => {
    expect(remedies('overfitting', {}, 'running')).toEqual([{ kind: 'stop' }])
    expect(remedies('plateau', {}, 'running')).toEqual([{ kind: 'stop' }])
    expect(remedies('divergence', {}, 'running')).toEqual([{ kind: 'cancel' }])
  })

  it('is a tenth of every rate after a divergence', () => {
    const phases = [{ epochs: 1, freeze: { kind: 'all' as const }, learningRate: 0.5 }]
    expect(remedies('divergence', { learningRate: 0.1, phases, epochs: 1 })).toMatchObject([
      { kind: 'smallerRate', plan: { learningRate: 0.01, phases: [{ learningRate: 0.05 }] } },
    ])
  })

  it('is augmentation and early stopping against overfitting, where the plan has neither', () => {
    expect(remedies('overfitting').map(({ kind }) => kind)).toEqual(['augment', 'earlyStopping'])
    expect(remedies('overfitting', { augment: 'flip' }).map(({ kind }) => kind)).toEqual(['earlyStopping'])
    expect(remedies('overfitting', { augment: 'flip', earlyStopping: 3 })).toEqual([])
    const [augment] = remedies('overfitting', { epochs: 7 })
    expect(augment).toMatchObject({ plan: { epochs: 7, augment: expect.stringContaining('flip') as string } })
  })

  it('is to thaw the last block where a frozen backbone has given all it knows', () => {
    const [thaw] = remedies('plateau')
    expect(thaw).toMatchObject({ kind: 'thaw' })
    if (!thaw || !('plan' in thaw)) throw new Error('no plan')
    expect(presetOfChoice(thaw.plan, backbone)).toBe('last-block')
    expect(remedies('plateau', { mode: 'full' })).toEqual([])
  })

  it('is to train longer what was not finished', () => {
    expect(remedies('unfinished')).toEqual([{ kind: 'extend' }])
  })
})
