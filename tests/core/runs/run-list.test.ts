import { existsSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { TrainPlanInput } from '../../../src/contract/train-plan.ts'
import { undoDeletionMs } from '../../../src/core/runs/deleted-runs.ts'
import { appendMetrics } from '../../../src/core/runs/metric-log.ts'
import { runFolder } from '../../../src/core/runs/run-files.ts'
import {
  addImages,
  openRunsWorkbench,
  requestsOf,
  splitImages,
  type RunsWorkbench,
} from './runs-workbench.ts'

let bench: RunsWorkbench
beforeEach(() => {
  bench = openRunsWorkbench([{ when: { epochs: 1000 }, epochMs: 20 }, {}])
  addImages(bench.project, splitImages())
})
afterEach(() => bench.dispose())

const { of, start, ended } = {
  of: ((name, input) => requestsOf(bench).of(name, input)) as ReturnType<typeof requestsOf>['of'],
  start: (plan?: TrainPlanInput) => requestsOf(bench).start(plan),
  ended: (runId: string) => requestsOf(bench).ended(runId),
}
const train = async (plan: TrainPlanInput = {}): Promise<string> => {
  const runId = await start(plan)
  await ended(runId)
  return runId
}
const listed = async () => (await of('runs.list', {})).runs.map(({ id }) => id)
const rowsOf = (table: string) =>
  bench.project.database.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number

describe('what people say of runs', () => {
  it('changes what is named of each run, and is told', async () => {
    const [first, second] = [await train(), await train()]
    await of('runs.mark', { runIds: [first, second], addTags: [' good ', 'paper'], pinned: true })
    const { runs } = await of('runs.mark', {
      runIds: [second],
      removeTags: ['good'],
      addTags: ['paper', ' '],
      note: ' noisy \n',
      archived: true,
    })
    expect(runs).toMatchObject([{ id: second, pinned: true, archived: true, tags: ['paper'], note: 'noisy' }])
    expect(bench.events.at(-1)).toEqual({
      name: 'runs.changed',
      payload: { projectId: bench.project.id, run: runs[0] },
    })
    await of('runs.mark', { runIds: [second], note: null, pinned: false })
    await bench.reopen()
    expect((await of('runs.list', {})).runs).toMatchObject([
      { pinned: true, archived: false, tags: ['good', 'paper'], note: null },
      { pinned: false, archived: true, tags: ['paper'], note: null },
    ])
  })

  it('changes none where one is not there', async () => {
    const first = await train()
    await expect(of('runs.mark', { runIds: [first, 'r9'], pinned: true })).rejects.toMatchObject({
      code: 'run-not-found',
    })
    expect((await of('runs.get', { runId: first })).run.pinned).toBe(false)
  })
})

describe('a deleted run', () => {
  it('is nowhere to be seen, and comes back whole', async () => {
    const [first, second] = [await train(), await train()]
    const before = (await of('runs.get', { runId: first })).run
    const { rows } = await of('runs.metrics', { runId: first })
    await of('runs.delete', { runId: first })
    expect(await listed()).toEqual([second])
    await expect(of('runs.get', { runId: first })).rejects.toMatchObject({ code: 'run-not-found' })
    await expect(of('runs.metrics', { runId: first })).rejects.toMatchObject({ code: 'run-not-found' })
    const deleted = await of('runs.listDeleted', {})
    expect(deleted.runs.map(({ run }) => run)).toEqual([before])

    expect(await of('runs.restore', { runId: first })).toEqual(before)
    expect(await listed()).toEqual([first, second])
    expect((await of('runs.metrics', { runId: first })).rows).toEqual(rows)
    expect(existsSync(runFolder(bench.project, 1))).toBe(true)
    await expect(of('runs.restore', { runId: first })).rejects.toMatchObject({ code: 'run-not-found' })
  })

  it('is gone for good when the project is closed, and its id is not given again', async () => {
    const runId = await train()
    await of('runs.delete', { runId })
    expect(rowsOf('metrics')).toBeGreaterThan(0)
    await bench.reopen()
    for (const table of ['runs', 'metrics', 'run_curves', 'predictions', 'dataset_versions'])
      expect([table, rowsOf(table)]).toEqual([table, 0])
    expect(existsSync(runFolder(bench.project, 1))).toBe(false)
    expect(await start()).toBe('r2')
  })

  it('is gone for good after half an hour', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'Date'] })
    try {
      const { database } = bench.project
      database.exec(
        "INSERT INTO dataset_versions VALUES ('v', 0, 0, x''); " +
          "INSERT INTO runs (name, status, plan, classes, counts, dataset_version, created_at) VALUES ('a', 'completed', '{}', '[]', '{}', 'v', 0)",
      )
      await of('runs.delete', { runId: 'r1' })
      vi.advanceTimersByTime(undoDeletionMs - 1)
      expect(rowsOf('runs')).toBe(1)
      vi.advanceTimersByTime(1)
      expect(rowsOf('runs')).toBe(0)
    } finally {
      vi.useRealTimers()
    }
  })

  it('is interrupted first where it trains', async () => {
    const runId = await start({ epochs: 1000 })
    await of('runs.delete', { runId })
    expect(await of('runs.restore', { runId })).toMatchObject({ status: 'interrupted' })
  })
})

describe('curves of many runs', () => {
  const names = ['train/loss', 'validation/loss', 'nonsense']
  const curvesOf = async (runIds: string[], options = {}) =>
    (await of('runs.curves', { runIds, names, ...options })).curves

  it('come in the order asked for, empty where a run has none', async () => {
    const [first, second] = [await train({ epochs: 3 }), await train({ epochs: 2 })]
    const curves = await curvesOf([second, first])
    expect(curves.map(({ runId, name, points }) => [runId, name, points])).toEqual([
      [second, 'train/loss', 2],
      [second, 'validation/loss', 2],
      [second, 'nonsense', 0],
      [first, 'train/loss', 3],
      [first, 'validation/loss', 3],
      [first, 'nonsense', 0],
    ])
    expect(curves[3]).toMatchObject({ epochs: [1, 2, 3], values: [1, 1 / 2, 1 / 3] })
  })

  it('are those of the rows, packed or not, also after more were added', async () => {
    const runId = await train({ epochs: 3 })
    const [packed] = await curvesOf([runId])
    bench.project.database.exec('DELETE FROM run_curves')
    expect((await curvesOf([runId]))[0]).toEqual(packed)
    // The second answer comes from what the first one packed.
    expect(rowsOf('run_curves')).toBe(names.length)
    expect((await curvesOf([runId]))[0]).toEqual(packed)
    appendMetrics(bench.project, 1, [{ step: 9, epoch: 4, name: 'train/loss', value: 0.2 }])
    expect((await curvesOf([runId]))[0]).toMatchObject({ epochs: [1, 2, 3, 4], points: 4 })
  })

  it('of a run that trains are never packed', async () => {
    const runId = await start({ epochs: 1000 })
    appendMetrics(bench.project, 1, [{ step: 1, epoch: 1, name: 'validation/loss', value: 2 }])
    expect((await curvesOf([runId]))[1]?.values[0]).toBe(2)
    expect(rowsOf('run_curves')).toBe(0)
    await of('runs.cancel', { runId })
  })

  it('have so many points at most, smoothed before they are chosen', async () => {
    const runId = await train()
    const values = Array.from({ length: 3000 }, (_, index) => (index % 2 === 0 ? 1 : 0))
    appendMetrics(
      bench.project,
      1,
      values.map((value, index) => ({ step: index, epoch: index, name: 'nonsense', value })),
    )
    const [, , curve] = await curvesOf([runId], { points: 50, smoothing: 0.99 })
    expect(curve?.points).toBe(3000)
    expect(curve?.values).toHaveLength(50)
    expect(curve?.epochs.at(-1)).toBe(2999)
    expect(curve?.values.slice(10).every((value) => Math.abs(value - 0.5) < 0.02)).toBe(true)
  })
})
