import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, test } from 'vitest'
import type { MetricRow, Project, Run } from '../../../src/contract/entities.ts'
import { provideClient, type Client } from '../../../src/renderer/src/client/index.ts'
import { useProjectStore } from '../../../src/renderer/src/stores/project.ts'
import { curveOf } from '../../../src/renderer/src/stores/run-curves.ts'
import { useRunsStore } from '../../../src/renderer/src/stores/runs.ts'

const project: Project = { id: 'p', name: 'p', path: '/p.thaw', schemaVersion: 1 }
const rows = (from: number, to: number): MetricRow[] =>
  Array.from({ length: to - from + 1 }, (_, index) => ({
    seq: from + index,
    step: from + index,
    epoch: (from + index) / 8,
    name: 'train/loss',
    value: 1 / (1 + from + index),
  }))

/** A core that has the rows `stored`, and tells events when the test says so. */
function fakeCore() {
  const listeners = new Map<string, (payload: unknown) => void>()
  const reconnected: (() => void)[] = []
  const asked: number[] = []
  const core = { stored: [] as MetricRow[], asked }
  const client = {
    state: 'connected',
    async request(name: string, input: { afterSeq?: number }) {
      await Promise.resolve()
      if (name === 'runs.list') return { runs: [] }
      if (name === 'runs.get') return { run: { id: 'r1', status: 'running', createdAt: 1 }, progress: null }
      if (name === 'runs.metrics') {
        asked.push(input.afterSeq ?? -1)
        return { rows: core.stored.filter(({ seq }) => seq > (input.afterSeq ?? -1)) }
      }
      if (name === 'projects.open') return project
      throw new Error(name)
    },
    on(name: string, listener: (payload: unknown) => void) {
      listeners.set(name, listener)
      return () => listeners.delete(name)
    },
    onReconnected(listener: () => void) {
      reconnected.push(listener)
      return () => undefined
    },
    onStateChanged: () => () => undefined,
  }
  provideClient(client as unknown as Client)
  return {
    core,
    asked,
    tell: (logged: MetricRow[], runId = 'r1') =>
      listeners.get('runs.metricLogged')?.({ projectId: 'p', runId, rows: logged }),
    change: (run: Partial<Run>) =>
      listeners.get('runs.changed')?.({ projectId: 'p', run: { id: 'r1', status: 'running', ...run } }),
    sample: (epoch: number) =>
      listeners.get('runs.samples')?.({ projectId: 'p', runId: 'r1', samples: { epoch, samples: [] } }),
    delete: () => listeners.get('runs.deleted')?.({ projectId: 'p', runId: 'r1' }),
    reconnect: () => reconnected.forEach((listener) => listener()),
  }
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 5))

describe('curves of a followed run', () => {
  let fake: ReturnType<typeof fakeCore>
  let runs: ReturnType<typeof useRunsStore>
  const steps = () => curveOf(runs.curves('r1'), 'train/loss').steps
  const upTo = (last: number) => rows(0, last).map(({ step }) => step)

  beforeEach(async () => {
    fake = fakeCore()
    setActivePinia(createPinia())
    useProjectStore().set(project)
    runs = useRunsStore()
    fake.core.stored = rows(0, 9)
    runs.follow('r1')
    await runs.load('r1')
  })

  test('go on from what was read, and say so', () => {
    const before = runs.versions.get('r1') ?? 0
    expect(before).toBeGreaterThan(0)
    fake.tell(rows(10, 12))
    expect(steps()).toEqual(upTo(12))
    expect(fake.asked).toEqual([-1])
  })

  test('fill a gap with one request for what follows the last row', async () => {
    fake.core.stored = rows(0, 21)
    fake.tell(rows(20, 21))
    fake.tell(rows(20, 21))
    expect(steps()).toEqual(upTo(9))
    await settled()
    expect(steps()).toEqual(upTo(21))
    expect(fake.asked).toEqual([-1, 9])
  })

  test('catch up after a reconnection', async () => {
    fake.core.stored = rows(0, 30)
    fake.reconnect()
    await settled()
    expect(steps()).toEqual(upTo(30))
  })

  test('are told at most once in an interval, and the last growth always', async () => {
    await new Promise((resolve) => setTimeout(resolve, 300))
    const before = runs.versions.get('r1') ?? 0
    for (let seq = 10; seq < 60; seq += 1) fake.tell(rows(seq, seq))
    expect(runs.versions.get('r1')).toBe(before + 1)
    expect(steps()).toEqual(upTo(59))
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(runs.versions.get('r1')).toBe(before + 2)
  })

  test('tell of epochs apart from batches', async () => {
    await new Promise((resolve) => setTimeout(resolve, 300))
    const before = [runs.versions.get('r1') ?? 0, runs.epochVersions.get('r1') ?? 0] as const
    const [row] = rows(10, 10)
    fake.tell([{ ...row!, name: 'batch/loss' }])
    expect(runs.versions.get('r1')).toBe(before[0] + 1)
    expect(runs.epochVersions.get('r1') ?? 0).toBe(before[1])
    fake.tell(rows(11, 11))
    await new Promise((resolve) => setTimeout(resolve, 60))
    expect(runs.epochVersions.get('r1')).toBe(before[1] + 1)
  })

  test('short epochs change the page together, the last always, and what becomes of a run at once', async () => {
    const shown = (): unknown[] => [
      runs.byId.get('r1')?.status,
      runs.byId.get('r1')?.epochsDone,
      runs.samplesById.get('r1')?.epoch,
    ]
    for (const epochsDone of [1, 2, 3]) {
      fake.sample(epochsDone)
      fake.change({ epochsDone })
    }
    expect(shown()).toEqual(['running', 1, 1])
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect(shown()).toEqual(['running', 3, 3])

    fake.change({ epochsDone: 4 })
    fake.change({ status: 'completed', epochsDone: 5 })
    expect(shown().slice(0, 2)).toEqual(['completed', 5])
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect(shown().slice(0, 2)).toEqual(['completed', 5])
    fake.change({ status: 'completed', epochsDone: 6 })
    fake.change({ status: 'completed', epochsDone: 7 })
    fake.delete()
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect(runs.byId.has('r1')).toBe(false)
  })

  test('are gone with the run, so that a new run of the same id begins at its own beginning', async () => {
    fake.delete()
    expect(runs.curves('r1')).toBeUndefined()
    fake.core.stored = rows(0, 2)
    await runs.load('r1')
    expect(steps()).toEqual(upTo(2))
  })

  test('of a run that is not followed are not kept from events', () => {
    const end = runs.follow('r2')
    fake.tell(rows(0, 1), 'r2')
    expect(runs.curves('r2')?.lastSeq).toBe(1)
    end()
    fake.tell(rows(2, 3), 'r2')
    expect(runs.curves('r2')?.lastSeq).toBe(1)
  })
})
