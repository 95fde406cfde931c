import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, test } from 'vitest'
import type { BackgroundJob, Project } from '../../../../../src/contract/entities.ts'
import { AppError } from '../../../../../src/contract/errors.ts'
import { trainPlanSchema } from '../../../../../src/contract/train-plan.ts'
import { provideClient, type Client } from '../../../../../src/renderer/src/client/index.ts'
import {
  useEstimateStore,
  useRateSearchStore,
} from '../../../../../src/renderer/src/pages/train/trials/trial-stores.ts'
import { useJobsStore } from '../../../../../src/renderer/src/stores/jobs.ts'
import { useProjectStore } from '../../../../../src/renderer/src/stores/project.ts'

const project = (id: string): Project => ({ id, name: id, path: `/${id}.thaw`, schemaVersion: 1 })
const plan = trainPlanSchema.parse({})
const settled = () => new Promise((resolve) => setTimeout(resolve, 5))

/** A core whose jobs begin, go on and end when a test says so. */
function fakeCore() {
  const listeners = new Map<string, (payload: unknown) => void>()
  const asked: { name: string; answer: (value: unknown) => void; refuse: (error: unknown) => void }[] = []
  const cancelled: string[] = []
  const client = {
    state: 'connected',
    request(name: string, input: { jobId?: string }) {
      if (name === 'jobs.list') return Promise.resolve({ jobs: [] })
      if (name === 'jobs.cancel') {
        cancelled.push(input.jobId ?? '')
        return Promise.resolve({})
      }
      return new Promise((answer, refuse) => asked.push({ name, answer, refuse }))
    },
    on(name: string, listener: (payload: unknown) => void) {
      listeners.set(name, listener)
      return () => listeners.delete(name)
    },
    onReconnected: () => () => undefined,
    onStateChanged: () => () => undefined,
  }
  provideClient(client as unknown as Client)
  const tell = (job: Partial<BackgroundJob>) =>
    listeners.get('jobs.progress')?.({
      projectId: 'p',
      job: { projectId: 'p', phase: 'starting', done: 0, total: 0, state: 'running', ...job },
    })
  return { asked, cancelled, tell }
}

describe('trying a plan out', () => {
  let core: ReturnType<typeof fakeCore>
  let store: ReturnType<typeof useEstimateStore>

  beforeEach(async () => {
    core = fakeCore()
    setActivePinia(createPinia())
    useProjectStore().set(project('p'))
    useJobsStore()
    store = useEstimateStore()
    await settled()
  })

  test('tells how far its own job is, and keeps the answer with what it holds for', async () => {
    core.tell({ id: 'of-another-window', kind: 'estimate', done: 9, total: 9 })
    const done = store.start(plan, 'basis')
    expect([store.running, store.job]).toEqual([true, null])
    core.tell({ id: 'of-another-window', kind: 'estimate', done: 9, total: 9 })
    core.tell({ id: 'of-another-kind', kind: 'learning-rate', done: 5, total: 6 })
    expect(store.job).toBeNull()
    core.tell({ id: 'own', kind: 'estimate', done: 1, total: 3 })
    core.tell({ id: 'own', kind: 'estimate', done: 2, total: 3 })
    expect(store.job).toMatchObject({ id: 'own', done: 2, total: 3 })
    core.asked[0]?.answer({ peakRssBytes: 7 })
    await done
    expect([store.running, store.job, store.error]).toEqual([false, null, null])
    expect(store.outcome).toEqual({ basis: 'basis', answer: { peakRssBytes: 7 } })
  })

  test('asks once, however often it is told to begin', async () => {
    void store.start(plan, 'basis')
    void store.start(plan, 'basis')
    await settled()
    expect(core.asked.map(({ name }) => name)).toEqual(['runs.estimate'])
  })

  test('that is cancelled is over at once, and says nothing of it', async () => {
    const done = store.start(plan, 'basis')
    core.tell({ id: 'own', kind: 'estimate' })
    store.cancel()
    expect([store.running, core.cancelled]).toEqual([false, ['own']])
    core.asked[0]?.refuse(new AppError('cancelled', 'This was cancelled.'))
    await done
    expect([store.error, store.outcome]).toEqual([null, null])
  })

  test('that is cancelled before its job is known ends the job when it is, and not the next one', async () => {
    void store.start(plan, 'first')
    store.cancel()
    const second = store.start(plan, 'second')
    core.tell({ id: 'one', kind: 'estimate' })
    core.tell({ id: 'two', kind: 'estimate', done: 1, total: 2 })
    expect(core.cancelled).toEqual(['one'])
    expect(store.job?.id).toBe('two')
    core.asked[0]?.answer({ peakRssBytes: 1 })
    core.asked[1]?.answer({ peakRssBytes: 2 })
    await second
    expect(store.outcome).toEqual({ basis: 'second', answer: { peakRssBytes: 2 } })
  })

  test('that is cancelled from elsewhere ends without an error', async () => {
    const done = store.start(plan, 'basis')
    core.asked[0]?.refuse(new AppError('cancelled', 'This was cancelled.'))
    await done
    expect([store.running, store.error]).toEqual([false, null])
  })

  test('that fails says why until the next one begins, and keeps the last answer', async () => {
    const first = store.start(plan, 'basis')
    core.asked[0]?.answer({ peakRssBytes: 7 })
    await first
    const second = store.start(plan, 'basis')
    core.asked[1]?.refuse(new AppError('too-few-images', 'Too few images.'))
    await second
    expect(store.error).toMatchObject({ code: 'too-few-images' })
    expect(store.outcome?.answer).toEqual({ peakRssBytes: 7 })
    void store.start(plan, 'basis')
    expect(store.error).toBeNull()
  })

  test('ends with the project that it is of', async () => {
    const done = store.start(plan, 'basis')
    core.tell({ id: 'own', kind: 'estimate' })
    useProjectStore().set(project('q'))
    expect([store.running, core.cancelled]).toEqual([false, ['own']])
    core.asked[0]?.answer({ peakRssBytes: 7 })
    await done
    expect(store.outcome).toBeNull()
  })

  test('asks for rates under their own name and kind of job', async () => {
    const search = useRateSearchStore()
    void search.start(plan, 'basis')
    core.tell({ id: 'own', kind: 'learning-rate', phase: 'training', done: 34, total: 100 })
    expect(core.asked.map(({ name }) => name)).toEqual(['runs.findLearningRate'])
    expect(search.job).toMatchObject({ phase: 'training', done: 34 })
    expect(store.running).toBe(false)
  })
})
