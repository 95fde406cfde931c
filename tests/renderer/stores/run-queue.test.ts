import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Project } from '../../../src/contract/entities.ts'
import { provideClient, type Client } from '../../../src/renderer/src/client/index.ts'
import { useProjectStore } from '../../../src/renderer/src/stores/project.ts'
import { movedTo, useRunQueueStore } from '../../../src/renderer/src/stores/run-queue.ts'
import { useRunsStore } from '../../../src/renderer/src/stores/runs.ts'

const project: Project = { id: 'p', name: 'p', path: '/p.thaw', schemaVersion: 1 }
const settled = () => new Promise((resolve) => setTimeout(resolve, 5))

/** A core with a queue; `refuse` makes it refuse another order. */
function fakeCore() {
  const listeners = new Map<string, (payload: unknown) => void>()
  const core = { runIds: ['r2', 'r3', 'r4'], paused: false, refuse: false, asked: [] as unknown[] }
  const run = (id: string, status: string) => ({ id, name: id, status, createdAt: Number(id.slice(1)) })
  const client = {
    state: 'connected',
    async request(name: string, input: { runIds?: string[]; paused?: boolean }) {
      await Promise.resolve()
      if (name === 'runs.list') {
        return { runs: [run('r1', 'paused'), ...core.runIds.map((id) => run(id, 'queued'))] }
      }
      if (name === 'runs.queue') return { paused: core.paused, runIds: core.runIds }
      if (name === 'runs.pauseQueue') {
        core.paused = input.paused ?? false
        return {}
      }
      if (name !== 'runs.reorder') throw new Error(name)
      core.asked.push(input.runIds)
      if (core.refuse) throw new Error('refused')
      core.runIds = input.runIds ?? []
      return { runIds: core.runIds }
    },
    on(name: string, listener: (payload: unknown) => void) {
      listeners.set(name, listener)
      return () => listeners.delete(name)
    },
    onReconnected: () => () => undefined,
    onStateChanged: () => () => undefined,
  }
  provideClient(client as unknown as Client)
  const tell = (payload: object) => listeners.get('runs.queueChanged')?.({ projectId: 'p', ...payload })
  return { core, tell }
}

describe('the queue', () => {
  let fake: ReturnType<typeof fakeCore>
  let queue: ReturnType<typeof useRunQueueStore>
  const order = () => queue.waiting.map(({ id }) => id)

  beforeEach(async () => {
    fake = fakeCore()
    setActivePinia(createPinia())
    useProjectStore().set(project)
    useRunsStore()
    queue = useRunQueueStore()
    await settled()
  })

  test('is what trains, paused or not, and what waits with its turn', () => {
    expect(queue.training?.id).toBe('r1')
    expect(order()).toEqual(['r2', 'r3', 'r4'])
    expect(queue.waiting.map(queue.turnOf)).toEqual([1, 2, 3])
    expect(queue.turnOf(queue.training!)).toBe(0)
  })

  test('shows another order at once, and asks for all of it', async () => {
    const moved = queue.move('r4', 0)
    expect(order()).toEqual(['r4', 'r2', 'r3'])
    await moved
    expect(fake.core.asked).toEqual([['r4', 'r2', 'r3']])
  })

  test('does not ask where nothing would move', async () => {
    await queue.move('r2', -1)
    await queue.move('r9', 0)
    expect(fake.core.asked).toEqual([])
  })

  test('goes back to its order where core refuses', async () => {
    fake.core.refuse = true
    await expect(queue.move('r2', 2)).rejects.toThrow('refused')
    expect(order()).toEqual(['r2', 'r3', 'r4'])
  })

  test('follows core, and only for the shown project', async () => {
    fake.tell({ paused: true, runIds: ['r3'] })
    expect([queue.paused, order()]).toEqual([true, ['r3']])
    fake.tell({ projectId: 'another', paused: false, runIds: [] })
    expect(order()).toEqual(['r3'])
    await queue.setPaused(false)
    expect([queue.paused, fake.core.paused]).toEqual([false, false])
  })

  test('moves a run to a turn, or to the nearest end', () => {
    expect(movedTo(['a', 'b', 'c'], 'a', 1)).toEqual(['b', 'a', 'c'])
    expect(movedTo(['a', 'b', 'c'], 'a', 99)).toEqual(['b', 'c', 'a'])
    const same = ['a', 'b']
    expect(movedTo(same, 'a', -1)).toBe(same)
  })
})
