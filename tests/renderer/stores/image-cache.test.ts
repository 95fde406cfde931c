import { expect, test } from 'vitest'
import type { Image } from '../../../src/contract/entities.ts'
import { createImageCache } from '../../../src/renderer/src/stores/image-cache.ts'

function image(id: number, classId: number | null = null): Image {
  return {
    id,
    sha256: null,
    path: `/p/${id}.jpg`,
    relativePath: `${id}.jpg`,
    width: null,
    height: null,
    sizeBytes: 1,
    format: null,
    classId,
    classIds: classId === null ? [] : [classId],
    split: null,
    status: 'pending',
    flagged: false,
    unsure: false,
    note: null,
  }
}

function cacheOf(classIds: Map<number, number> = new Map(), capacity?: number) {
  const requests: number[][] = []
  let changes = 0
  const cache = createImageCache(
    async (ids) => {
      requests.push(ids)
      return ids.map((id) => image(id, classIds.get(id) ?? null))
    },
    () => changes++,
    capacity,
  )
  return { cache, requests, changes: () => changes }
}

const range = (length: number, from = 0) => Array.from({ length }, (_, index) => from + index)

test('reads only what is missing, in chunks, and nothing twice at once', async () => {
  const { cache, requests } = cacheOf()
  const first = cache.want(range(600))
  const second = cache.want(range(600))
  await Promise.all([first, second])
  expect(requests.map((ids) => ids.length)).toEqual([256, 256, 88])
  await cache.want(range(10, 595))
  expect(requests.at(-1)).toEqual([600, 601, 602, 603, 604])
})

test('forgets what was not looked at for longest', async () => {
  const { cache } = cacheOf(new Map(), 10)
  await cache.want(range(10))
  await cache.want([0])
  await cache.want([100])
  expect(cache.size).toBe(10)
  expect(cache.get(0)).toBeDefined()
  expect(cache.get(1)).toBeUndefined()
})

test('shows an invalidated row until it was read again', async () => {
  const classIds = new Map<number, number>()
  const { cache, requests } = cacheOf(classIds)
  await cache.want([1, 2])
  classIds.set(1, 7)
  cache.invalidate([1, 999])
  expect(cache.get(1)?.classId).toBeNull()
  await cache.want([1, 2])
  expect(requests.at(-1)).toEqual([1])
  expect(cache.get(1)?.classId).toBe(7)
})

test('a row that changes while it is read is read again', async () => {
  const answers: ((images: Image[]) => void)[] = []
  const cache = createImageCache(
    () => new Promise<Image[]>((resolve) => answers.push(resolve)),
    () => {},
  )
  const early = cache.want([1])
  cache.invalidate([1])
  answers[0]?.([image(1)])
  await early
  const late = cache.want([1])
  answers[1]?.([image(1, 5)])
  await late
  expect(cache.get(1)?.classId).toBe(5)
})

test('keeps answers for another project out', async () => {
  let answer: (images: Image[]) => void = () => {}
  const cache = createImageCache(
    () => new Promise<Image[]>((resolve) => (answer = resolve)),
    () => {},
  )
  const wanted = cache.want([1])
  cache.clear()
  answer([image(1)])
  await wanted
  expect(cache.get(1)).toBeUndefined()
})

test('patches what is at hand and tells of it', async () => {
  const { cache, changes } = cacheOf()
  await cache.want([1])
  const before = changes()
  cache.patch([1, 2], { classId: 3 })
  expect(cache.get(1)?.classId).toBe(3)
  expect(cache.get(2)).toBeUndefined()
  expect(changes()).toBe(before + 1)
})
