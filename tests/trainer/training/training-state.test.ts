import { describe, expect, it } from 'vitest'
import { trainPlanSchema, type TrainPlanInput } from '../../../src/contract/train-plan.ts'
import { phasesOf } from '../../../src/models/training/phases.ts'
import { createTrainingState } from '../../../src/trainer/training/training-state.ts'

const rowOf = (epoch: number, valLoss: number) => ({
  epoch,
  loss: 1,
  accuracy: 0.5,
  valLoss,
  valAccuracy: 0.5,
  learningRate: 0.1,
  seconds: 1,
})

function begin(input: TrainPlanInput) {
  const plan = trainPlanSchema.parse(input)
  return { plan, state: createTrainingState(plan, phasesOf(plan)) }
}

function resume(
  input: TrainPlanInput,
  stored: ReturnType<ReturnType<typeof createTrainingState>['toStored']>,
  storedPlan: TrainPlanInput = input,
) {
  const plan = trainPlanSchema.parse(input)
  return createTrainingState(plan, phasesOf(plan), { ...stored, plan: trainPlanSchema.parse(storedPlan) })
}

describe('the state of a training', () => {
  it('ends after its epochs', () => {
    const { state } = begin({ epochs: 2 })
    expect(state.epochsLeft()).toBe(2)
    for (const epoch of [1, 2]) {
      expect(state.hasPhaseEnded()).toBe(false)
      state.addEpoch(rowOf(epoch, 1 / epoch))
    }
    expect(state.hasPhaseEnded()).toBe(true)
    expect(state.best).toEqual({ epoch: 2, loss: 0.5 })
  })

  it('stops early after so many epochs without a better loss', () => {
    const { state } = begin({ epochs: 10, earlyStopping: 2 })
    expect([0.5, 0.4].map((loss, index) => state.addEpoch(rowOf(index + 1, loss)))).toEqual([true, true])
    expect(state.addEpoch(rowOf(3, 0.45))).toBe(false)
    expect(state.hasPhaseEnded()).toBe(false)
    state.addEpoch(rowOf(4, 0.4))
    expect(state.hasPhaseEnded()).toBe(true)
    expect(state.best).toEqual({ epoch: 2, loss: 0.4 })
  })

  it('goes on from what it stored as if nothing had happened', () => {
    const input: TrainPlanInput = { epochs: 10, earlyStopping: 3 }
    const { state } = begin(input)
    for (const epoch of [1, 2, 3]) state.addEpoch(rowOf(epoch, epoch))
    const again = resume(input, state.toStored(7))
    expect(again.step).toBe(7)
    for (const one of [state, again]) one.addEpoch(rowOf(4, 4))
    expect(again.toStored(8)).toEqual(state.toStored(8))
    expect([state.hasPhaseEnded(), again.hasPhaseEnded()]).toEqual([true, true])
  })

  it('is patient again where more epochs are asked of it', () => {
    const input: TrainPlanInput = { epochs: 10, earlyStopping: 1 }
    const { state } = begin(input)
    for (const epoch of [1, 2]) state.addEpoch(rowOf(epoch, epoch))
    expect(state.hasPhaseEnded()).toBe(true)
    const extended = resume({ ...input, epochs: 12 }, state.toStored(1), input)
    expect(extended.hasPhaseEnded()).toBe(false)
    extended.addEpoch(rowOf(3, 3))
    expect(extended.hasPhaseEnded()).toBe(true)
    // A crash of the extended run changes nothing of that.
    const crashed = resume({ ...input, epochs: 12 }, extended.toStored(1))
    expect(crashed.hasPhaseEnded()).toBe(true)
  })

  it('counts and follows losses within a phase', () => {
    const phases = [
      { epochs: 2, freeze: { kind: 'all' as const } },
      { epochs: 3, freeze: { kind: 'none' as const } },
    ]
    const { state } = begin({ epochs: 5, phases, earlyStopping: 2, mode: 'fine-tune' })
    state.addEpoch(rowOf(1, 0.1))
    state.addEpoch(rowOf(2, 0.2))
    expect(state.hasPhaseEnded()).toBe(true)
    state.beginPhase()
    expect(state.phase).toBe(1)
    expect(state.epochsLeft()).toBe(3)
    expect(state.monitoredInPhase()).toEqual([])
    state.addEpoch(rowOf(3, 0.3))
    expect(state.hasPhaseEnded()).toBe(false)
    state.addEpoch(rowOf(4, 0.4))
    expect(state.monitoredInPhase()).toEqual([0.3, 0.4])
    expect(state.hasPhaseEnded()).toBe(true)
  })
})
