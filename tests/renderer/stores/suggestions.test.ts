import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { Project } from '../../../src/contract/entities.ts'
import type { SuggestionsStatus } from '../../../src/contract/suggestions.ts'
import { provideClient, type Client } from '../../../src/renderer/src/client/index.ts'
import { useImagesStore } from '../../../src/renderer/src/stores/images.ts'
import { useProjectStore } from '../../../src/renderer/src/stores/project.ts'
import { useSuggestionsStore } from '../../../src/renderer/src/stores/suggestions.ts'

const project: Project = { id: 'p', name: 'p', path: '/p.thaw', schemaVersion: 1 }
const settled = () => new Promise((resolve) => setTimeout(resolve, 5))
const head = {
  source: 'head',
  labelled: 4,
  images: 6,
  accuracy: null,
  runId: null,
  createdAt: 1,
  seconds: 1,
} as const
const off: SuggestionsStatus = {
  enabled: false,
  runId: null,
  state: 'idle',
  progress: null,
  error: null,
  head,
  given: 0,
  imagesPerHour: null,
  expected: null,
}

/** A core with images 1 to 6 of which 1 is labelled; all others are proposed class 7. */
function fakeCore() {
  const listeners = new Map<string, ((payload: unknown) => void)[]>()
  const core = {
    classId: 7,
    refuse: false,
    asked: [] as number[][],
    accepted: [] as unknown[],
  }
  const client = {
    state: 'connected',
    async request(name: string, input: { ids?: number[]; imageIds?: number[]; groups?: unknown }) {
      await Promise.resolve()
      const { imageIds = [] } = input
      switch (name) {
        case 'suggestions.status':
          return off
        case 'suggestions.setEnabled':
          return { ...off, enabled: true }
        case 'suggestions.of':
          core.asked.push(imageIds)
          return {
            suggestions: imageIds
              .filter((id) => id > 1)
              .map((imageId) => ({ imageId, classId: core.classId, probability: 0.5 })),
          }
        case 'suggestions.accept':
          if (core.refuse) throw new Error('refused')
          core.accepted.push(input.groups)
          return { changed: 2 }
        case 'suggestions.next':
          return { source: 'head', images: [5, 3].map((id) => ({ id, classId: 7, probability: 0.5 })) }
        case 'images.get':
          return { images: input.ids?.map((id) => ({ id, classId: null, classIds: id > 1 ? [] : [7] })) }
        case 'images.ids':
          return { ids: [1, 2, 3, 4, 5, 6], groups: [] }
        case 'images.counts':
          return { total: 6, byClass: [], bySplit: [], byStatus: [] }
        default:
          return { classes: [], entries: [] }
      }
    },
    on(name: string, listener: (payload: unknown) => void) {
      listeners.set(name, [...(listeners.get(name) ?? []), listener])
      return () => undefined
    },
    onReconnected: () => () => undefined,
    onStateChanged: () => () => undefined,
  }
  provideClient(client as unknown as Client)
  const tell = (name: string, payload: object) => {
    for (const listener of listeners.get(name) ?? []) listener({ projectId: 'p', ...payload })
  }
  return { core, tell }
}

describe('suggestions', () => {
  let fake: ReturnType<typeof fakeCore>
  let suggestions: ReturnType<typeof useSuggestionsStore>
  let images: ReturnType<typeof useImagesStore>

  beforeEach(async () => {
    vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined })
    fake = fakeCore()
    setActivePinia(createPinia())
    useProjectStore().set(project)
    images = useImagesStore()
    suggestions = useSuggestionsStore()
    await settled()
    await images.cache.want(images.ids)
  })

  test('asks of nothing while they are off, and of what is in view once they are on', async () => {
    await suggestions.want([1, 2, 3])
    expect(fake.core.asked).toEqual([])
    await suggestions.setEnabled(true)
    await settled()
    expect(fake.core.asked).toEqual([[1, 2, 3]])
    expect(suggestions.proposed([1, 2, 3])).toEqual([2, 3])
    await suggestions.want([2, 3, 4])
    expect(fake.core.asked.at(-1)).toEqual([4])
  })

  test('asks a new head again, and shows the old proposals until then', async () => {
    await suggestions.want([2])
    await suggestions.setEnabled(true)
    await settled()
    fake.core.classId = 8
    fake.tell('suggestions.changed', { status: { ...off, enabled: true, head: { ...head, createdAt: 2 } } })
    expect(suggestions.proposals.get(2)?.classId).toBe(7)
    await settled()
    expect(suggestions.proposals.get(2)?.classId).toBe(8)
  })

  test('accepts what is shown, as one command, and shows it before core has answered', async () => {
    await suggestions.setEnabled(true)
    await suggestions.want([1, 2, 3])
    const saved = suggestions.accept([1, 2, 3])
    expect(images.cache.get(2)).toMatchObject({ classId: 7, classIds: [7] })
    expect(await saved).toBe(2)
    expect(fake.core.accepted).toEqual([[{ classId: 7, imageIds: [2, 3] }]])
    expect(suggestions.proposed([1, 2, 3])).toEqual([])
  })

  test('says it where core refuses', async () => {
    await suggestions.setEnabled(true)
    await suggestions.want([2])
    fake.core.refuse = true
    await expect(suggestions.accept([2])).rejects.toThrow('refused')
  })

  test('lists the images to label next in their order, until the filter is changed', async () => {
    expect(await suggestions.showNext(2)).toBe(2)
    expect(images.ids).toEqual([5, 3])
    expect(images.isFiltered).toBe(true)
    images.clearFilter()
    await settled()
    expect(images.ids).toEqual([1, 2, 3, 4, 5, 6])
    expect(images.isFiltered).toBe(false)
  })
})
