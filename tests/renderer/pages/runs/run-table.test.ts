import { expect, test } from 'vitest'
import { type Run } from '../../../../src/contract/entities.ts'
import { trainPlanSchema } from '../../../../src/contract/train-plan.ts'
import { durationOf, sortRuns } from '../../../../src/renderer/src/pages/runs/run-table.ts'

const run = (id: string, change: Partial<Run>): Run => ({
  id,
  name: id,
  status: 'completed',
  plan: trainPlanSchema.parse({}),
  classes: [],
  counts: { train: 1, validation: 1, test: 1 },
  engine: null,
  device: null,
  enginesRejected: [],
  trainableParameters: null,
  totalParameters: null,
  datasetVersion: '',
  modelSha256: null,
  createdAt: Number(id.slice(1)),
  startedAt: null,
  endedAt: null,
  epochsDone: 0,
  bestEpoch: null,
  valAccuracy: null,
  valLoss: null,
  test: null,
  seconds: null,
  peakRssBytes: null,
  recipe: null,
  group: null,
  resumedFromEpoch: null,
  error: null,
  ...change,
})
const ids = (runs: readonly Run[]) => runs.map(({ id }) => id)

test('runs without a value stand last in both directions, the newest of them first', () => {
  const runs = [
    run('r1', {}),
    run('r2', { valAccuracy: 0.9 }),
    run('r3', { valAccuracy: 0.7 }),
    run('r4', {}),
  ]
  expect(ids(sortRuns(runs, { column: 'valAccuracy', descending: true }))).toEqual(['r2', 'r3', 'r4', 'r1'])
  expect(ids(sortRuns(runs, { column: 'valAccuracy', descending: false }))).toEqual(['r3', 'r2', 'r4', 'r1'])
})

test('names sort as people count', () => {
  const runs = [run('r1', { name: 'run 10' }), run('r2', { name: 'run 9' })]
  expect(ids(sortRuns(runs, { column: 'name', descending: false }, 'en'))).toEqual(['r2', 'r1'])
})

test('a duration needs a beginning and an end', () => {
  expect(durationOf(run('r1', { startedAt: 1000, endedAt: 3500 }))).toBe(2.5)
  expect(durationOf(run('r1', { startedAt: 1000 }))).toBeNull()
})
