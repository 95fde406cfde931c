import { describe, expect, test } from 'vitest'
import { type Run, type RunGroup } from '../../../../src/contract/entities.ts'
import { trainPlanSchema } from '../../../../src/contract/train-plan.ts'
import {
  durationOf,
  groupDuration,
  sortRuns,
  tableRows,
} from '../../../../src/renderer/src/pages/runs/run-table.ts'
import {
  filterChoices,
  filterRuns,
  isFiltering,
  noFilter,
} from '../../../../src/renderer/src/pages/runs/run-filter.ts'

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
  pinned: false,
  archived: false,
  tags: [],
  note: null,
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

describe('groups in the table', () => {
  const group = (id: string, change: Partial<RunGroup> = {}): RunGroup => ({
    id,
    kind: 'sweep',
    name: id,
    recipe: null,
    status: 'running',
    settings: [],
    timeBudgetMinutes: null,
    runs: [],
    tried: [],
    stoppedBecause: null,
    best: null,
    createdAt: 0,
    endedAt: null,
    ...change,
  })
  const runs = [
    run('r1', { valAccuracy: 0.7 }),
    run('r2', { valAccuracy: 0.6, group: 'g1' }),
    run('r3', { valAccuracy: 0.9, group: 'g1' }),
    run('r4', { valAccuracy: 0.8 }),
    run('r5', { valAccuracy: 0.5, group: 'g9' }),
  ]
  const groups = (change: Partial<RunGroup> = {}) =>
    new Map([['g1', group('g1', { best: 'r3', createdAt: 2, ...change })]])
  const keys = (
    column: 'created' | 'valAccuracy',
    open: string[] = [],
    of: ReadonlyMap<string, RunGroup> = groups(),
  ) => tableRows(runs, of, { column, descending: true }, new Set(open)).map(({ key }) => key)

  test('fold their runs, and stand where they began or where their best run would', () => {
    expect(keys('created')).toEqual(['r5', 'r4', 'g1', 'r1'])
    expect(keys('valAccuracy')).toEqual(['g1', 'r4', 'r1', 'r5'])
  })

  test('show their runs below them where they are open, sorted like all', () => {
    expect(keys('valAccuracy', ['g1'])).toEqual(['g1', 'r3', 'r2', 'r4', 'r1', 'r5'])
    const rows = tableRows(runs, groups(), { column: 'created', descending: true }, new Set(['g1']))
    expect(rows.filter((row) => row.kind === 'run' && row.group !== null).map(({ key }) => key)).toEqual([
      'r3',
      'r2',
    ])
  })

  test('say why they ended, above their runs', () => {
    const ended = groups({ stoppedBecause: { code: 'sweep-ended', message: '', details: {} } })
    expect(keys('created', ['g1'], ended)).toEqual(['r5', 'r4', 'g1', 'g1 why', 'r3', 'r2', 'r1'])
    expect(keys('created', ['g1'], groups({ status: 'interrupted' }))).toContain('g1 why')
  })

  test('without a best run stand last when sorted by result, and their runs alone where they are not known', () => {
    expect(keys('valAccuracy', [], groups({ best: null }))).toEqual(['r4', 'r1', 'r5', 'g1'])
    expect(keys('valAccuracy', [], new Map())).toEqual(['r3', 'r4', 'r1', 'r2', 'r5'])
  })

  test('took as long as their runs together', () => {
    const timed = [run('r1', { startedAt: 0, endedAt: 2000 }), run('r2', { startedAt: 5000, endedAt: 6000 })]
    expect(groupDuration([...timed, run('r3', {})])).toBe(3)
    expect(groupDuration([run('r3', {})])).toBeNull()
  })
})

test('pinned runs stand above the others, each part sorted', () => {
  const runs = [run('r1', {}), run('r2', { pinned: true }), run('r3', {}), run('r4', { pinned: true })]
  const rows = tableRows(runs, new Map(), { column: 'created', descending: true }, new Set())
  expect(rows.map(({ key }) => key)).toEqual(['r4', 'r2', 'r3', 'r1'])
})

test('a filter asks for all of its words, anywhere in what is said of a run, and hides the archived', () => {
  const runs = [
    run('r1', { name: 'First try', tags: ['paper'] }),
    run('r2', { note: 'noisy LABELS', tags: ['paper', 'old'], status: 'failed' }),
    run('r3', { archived: true, plan: trainPlanSchema.parse({ backbone: 'resnet18' }) }),
  ]
  const found = (change: Partial<typeof noFilter>) => ids(filterRuns(runs, { ...noFilter, ...change }))
  expect(found({})).toEqual(['r1', 'r2'])
  expect(found({ text: 'paper first' })).toEqual(['r1'])
  expect(found({ text: 'labels' })).toEqual(['r2'])
  expect(found({ tag: 'paper', status: 'failed' })).toEqual(['r2'])
  expect(found({ archived: true, backbone: 'resnet18' })).toEqual(['r3'])
  expect(isFiltering({ ...noFilter, text: ' ' })).toBe(false)
  expect(isFiltering({ ...noFilter, tag: 'old' })).toBe(true)
  expect(filterChoices(runs)).toEqual({
    statuses: ['completed', 'failed'],
    backbones: ['efficientnet-lite0', 'resnet18'],
    tags: ['old', 'paper'],
  })
})
