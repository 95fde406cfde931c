import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, test, vi } from 'vitest'
import { droppedPathsKey } from '../../../src/contract/dropped-paths.ts'
import { AppError } from '../../../src/contract/errors.ts'
import { provideClient, type Client } from '../../../src/renderer/src/client/index.ts'
import { usePredictionsStore } from '../../../src/renderer/src/stores/predictions.ts'
import { useProjectStore } from '../../../src/renderer/src/stores/project.ts'

let asked: { name: string; runId: string; paths: string[] }[]
let beforeAnswer: () => void | Promise<void>

/** A core in Electron, which reads `.txt` files as no pictures. */
beforeEach(() => {
  asked = []
  beforeAnswer = () => undefined
  vi.stubGlobal('window', { [droppedPathsKey]: { pathOf: ({ name }: File) => `/given/${name}` } })
  provideClient({
    on: () => () => undefined,
    onReconnected: () => () => undefined,
    async request(name: string, input: { runId: string; paths?: string[]; files?: { path: string }[] }) {
      const paths = input.paths ?? input.files?.map(({ path }) => path) ?? []
      asked.push({ name, runId: input.runId, paths })
      await beforeAnswer()
      if (name === 'predictions.add') return { jobId: 'j', registered: paths.length, suggested: 1 }
      const isText = (path: string) => path.endsWith('.txt')
      return {
        predictions: paths
          .filter((path) => !isText(path))
          .map((path) => ({ path, top: [{ class: input.runId, probability: 0.9 }], sure: true })),
        skipped: paths.filter(isText).map((path) => ({ path, reason: 'not-an-image', detail: 'text' })),
      }
    },
  } as Partial<Client> as Client)
  setActivePinia(createPinia())
  useProjectStore().set({ id: 'p', name: 'p', path: '/p.thaw', schemaVersion: 1 })
})

const given = (...names: string[]) => names.map((name) => ({ file: new File(['x'], name), name }))
const many = (count: number) => given(...Array.from({ length: count }, (_, index) => `${index}.jpg`))
async function begin(runId = 'r1') {
  const store = usePredictionsStore()
  await store.chooseRun(runId)
  return store
}

test('many files are predicted in parts, in their order, and those that are no pictures are listed apart', async () => {
  const store = await begin()
  await store.add([...many(70), ...given('notes.txt')])
  expect(asked.map(({ paths }) => paths.length)).toEqual([32, 32, 7])
  expect(store.files.map((file) => file.given.name)).toEqual(many(70).map(({ name }) => name))
  expect(store.skipped.map((file) => [file.given.name, file.reason])).toEqual([['notes.txt', 'not-an-image']])
  expect(store.progress).toBeNull()
})

test('files that come meanwhile follow those under way', async () => {
  const store = await begin()
  const totals: number[] = []
  beforeAnswer = () => {
    if (asked.length === 1) void store.add(given('late.jpg'))
    totals.push(store.progress?.total ?? 0)
  }
  await store.add(many(40))
  expect(store.files.at(-1)?.given.name).toBe('late.jpg')
  expect(store.files).toHaveLength(41)
  expect(totals).toEqual([41, 41, 41])
})

test('what is predicted stays when the rest is cancelled', async () => {
  const store = await begin()
  beforeAnswer = () => {
    if (asked.length === 2) store.cancel()
  }
  await store.add(many(100))
  expect(store.files).toHaveLength(32)
  expect(store.progress).toBeNull()
  await store.add(given('more.jpg'))
  expect(store.files).toHaveLength(33)
})

test('after an error it goes on where it was', async () => {
  const store = await begin()
  beforeAnswer = () => {
    if (asked.length === 2) throw new AppError('trainer-died', 'It died.')
  }
  await store.add(many(50))
  expect(store.error).toMatchObject({ code: 'trainer-died' })
  expect([store.files.length, store.waitingCount]).toEqual([32, 18])
  await store.retry()
  expect(store.error).toBeNull()
  expect(store.files).toHaveLength(50)
})

test('another run predicts the same files, and what was brought into the data set is known still', async () => {
  const store = await begin()
  await store.add(given('a.jpg', 'b.jpg', 'notes.txt'))
  const progress: number[] = []
  const sum = await store.addToDataset(store.files.slice(0, 1), (done) => progress.push(done))
  expect(sum).toEqual({ registered: 1, suggested: 1 })
  expect(progress).toEqual([1])
  await store.chooseRun('r2')
  expect(store.files.map((file) => [file.given.name, file.top[0]?.class])).toEqual([
    ['a.jpg', 'r2'],
    ['b.jpg', 'r2'],
  ])
  expect(store.skipped).toHaveLength(1)
  expect(store.files.map(({ id }) => store.addedIds.has(id))).toEqual([true, false])
})
