import { describe, expect, test } from 'vitest'
import { runStatuses, type Run } from '../../../../src/contract/entities.ts'
import { trainPlanSchema } from '../../../../src/contract/train-plan.ts'
import { actionsOf, resumedFrom, retryOf } from '../../../../src/renderer/src/pages/run/run-actions.ts'

const plan = trainPlanSchema.parse({ epochs: 10 })
const actions = (status: Run['status'], epochsDone = 3) => actionsOf({ status, epochsDone, plan })
const failed = (
  code: string,
  details: Record<string, unknown> = {},
  changes: Parameters<typeof trainPlanSchema.parse>[0] = {},
) => retryOf({ plan: trainPlanSchema.parse(changes), error: { code, message: '', details } })

describe('what can be asked of a run', () => {
  test('is what core allows in its status', () => {
    expect(Object.fromEntries(runStatuses.map((status) => [status, actions(status)]))).toEqual({
      queued: ['unqueue'],
      running: ['pause', 'stop', 'cancel'],
      paused: ['unpause', 'stop', 'cancel'],
      completed: ['extend', 'again'],
      stopped: ['resume', 'extend', 'again'],
      interrupted: ['resume', 'again'],
      failed: ['resume', 'again'],
    })
  })

  test('of a run that was stopped in its last epoch is not to resume it', () => {
    expect(actions('stopped', 10)).toEqual(['extend', 'again'])
  })
})

describe('a resumption', () => {
  const from = (resumedFromEpoch: number | null, status: Run['status']) =>
    resumedFrom({ resumedFromEpoch, status })

  test('is told with its epoch as soon as that is known', () => {
    expect([from(3, 'running'), from(3, 'failed'), from(3, 'completed')]).toEqual([3, 3, 3])
    expect(from(3, 'queued')).toBeNull()
    expect(from(null, 'completed')).toBeNull()
  })

  test('from the beginning is told of a run that has ended so, not of one whose trainer may still find a checkpoint', () => {
    expect([from(0, 'completed'), from(0, 'stopped')]).toEqual([0, 0])
    expect([from(0, 'running'), from(0, 'failed')]).toEqual([null, null])
  })
})

describe('after a failure', () => {
  test('of memory, half of the batch is offered, or what core suggests', () => {
    expect(failed('out-of-memory', {}, { batchSize: 33 })).toMatchObject({
      kind: 'smaller-batch',
      value: 16,
      plan: { batchSize: 16 },
    })
    expect(failed('out-of-memory', { suggestedBatchSize: 4 })).toMatchObject({ value: 4 })
    expect(failed('out-of-memory', {}, { batchSize: 1 })).toBeNull()
  })

  test('by a kill of the system, which is how memory often ends, too', () => {
    expect(failed('trainer-died', { signal: 'SIGKILL' })).toMatchObject({ kind: 'smaller-batch' })
    expect(failed('trainer-died', { signal: 'SIGSEGV' })).toBeNull()
  })

  test('of the loss, a tenth of every rate is offered', () => {
    const retry = failed(
      'loss-not-finite',
      {},
      {
        learningRate: 0.3,
        learningRateBackbone: 0.01,
        phases: [
          { epochs: 5, freeze: { kind: 'all' } },
          { epochs: 5, freeze: { kind: 'none' }, learningRate: 0.02, learningRateBackbone: 0.002 },
        ],
      },
    )
    expect(retry).toMatchObject({ kind: 'smaller-rate', value: 0.03 })
    expect(retry?.plan.learningRateBackbone).toBe(0.001)
    expect(retry?.plan.phases).toEqual([
      { epochs: 5, freeze: { kind: 'all' } },
      { epochs: 5, freeze: { kind: 'none' }, learningRate: 0.002, learningRateBackbone: 0.0002 },
    ])
  })

  test('of which nothing is known, nothing is offered', () => {
    expect(failed('disk-full')).toBeNull()
    expect(retryOf({ plan, error: null })).toBeNull()
  })
})
