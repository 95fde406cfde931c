import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { JournalEntry, Project, Run } from '../../../src/contract/entities.ts'
import { provideClient, type Client } from '../../../src/renderer/src/client/index.ts'
import { useJournalStore } from '../../../src/renderer/src/stores/journal.ts'
import { useProjectStore } from '../../../src/renderer/src/stores/project.ts'
import { useRunDeletionsStore } from '../../../src/renderer/src/stores/run-deletions.ts'
import { useRunsStore } from '../../../src/renderer/src/stores/runs.ts'

const project: Project = { id: 'p', name: 'p', path: '/p.thaw', schemaVersion: 1 }
const runNamed = (id: string) => ({ id, name: id, status: 'completed', createdAt: 1 }) as Run

/** A core with two runs and, where a test says so, an entry in its journal. */
function fakeCore() {
  const there = new Map(['r1', 'r2'].map((id) => [id, runNamed(id)]))
  const gone = new Map<string, Run>()
  const core = { entries: [] as JournalEntry[], asked: [] as string[] }
  const move = (id: string, from: Map<string, Run>, to: Map<string, Run>): Run => {
    const run = from.get(id)
    if (!run) throw new Error(`${id} is not there`)
    from.delete(id)
    to.set(id, run)
    return run
  }
  const client = {
    state: 'connected',
    async request(name: string, input: { runId?: string }) {
      await Promise.resolve()
      core.asked.push(name)
      switch (name) {
        case 'projects.open':
          return project
        case 'runs.list':
          return { runs: [...there.values()] }
        case 'runs.delete':
          return move(input.runId!, there, gone)
        case 'runs.restore':
          return move(input.runId!, gone, there)
        case 'journal.list':
          return { entries: core.entries, canUndo: core.entries.length > 0, canRedo: false }
        case 'journal.undo':
          return core.entries.shift()
        default:
          throw new Error(name)
      }
    },
    on: () => () => undefined,
    onReconnected: () => () => undefined,
    onStateChanged: () => () => undefined,
  }
  provideClient(client as unknown as Client)
  return core
}

describe('undo, after runs were deleted', () => {
  let core: ReturnType<typeof fakeCore>
  const shown = () => [...useRunsStore().byId.keys()].sort()
  const label = (createdAt: number): JournalEntry => ({
    id: 1,
    kind: 'labels.set',
    summary: { images: 1, class: 'cat' },
    createdAt,
    undone: false,
  })

  beforeEach(async () => {
    setActivePinia(createPinia())
    core = fakeCore()
    await useProjectStore().open('/p.thaw')
    useJournalStore()
    await vi.waitFor(() => expect(shown()).toEqual(['r1', 'r2']))
  })

  test('brings them back, all that were deleted together', async () => {
    const journal = useJournalStore()
    expect(journal.canUndo).toBe(false)
    await useRunDeletionsStore().remove(['r1', 'r2'].map(runNamed))
    expect(shown()).toEqual([])
    expect(journal.canUndo).toBe(true)
    await journal.undo()
    expect(shown()).toEqual(['r1', 'r2'])
    expect(journal.canUndo).toBe(false)
  })

  test('takes them in their turn with changes of images', async () => {
    const journal = useJournalStore()
    core.entries = [label(Date.now() - 1000)]
    await useRunDeletionsStore().remove([runNamed('r1')])
    core.entries.unshift(label(Date.now() + 1000))
    await journal.load()
    core.asked.length = 0
    for (let press = 0; press < 3; press += 1) await journal.undo()
    expect(core.asked.filter((name) => name !== 'journal.list')).toEqual([
      'journal.undo',
      'runs.restore',
      'journal.undo',
    ])
  })

  test('goes on to the change before where they are gone for good', async () => {
    const journal = useJournalStore()
    core.entries = [label(Date.now() - 1000)]
    await journal.load()
    await useRunDeletionsStore().remove([runNamed('r1')])
    await useRunsStore().restore('r1')
    useRunsStore().byId = new Map()
    await journal.undo()
    await journal.undo()
    expect(core.entries).toEqual([])
  })
})
