import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { RequestInput, RequestOutput } from '../../../src/contract/requests/index.ts'
import { trainPlanSchema } from '../../../src/contract/train-plan.ts'
import type { Core } from '../../../src/core/create-core.ts'
import { createTestCore, launchTrainer, type TestCore } from '../../fixtures/test-core.ts'
import { drawDataset } from '../../trainer/drawn-dataset.ts'

type ProjectRequest = Extract<
  Parameters<Core['request']>[0],
  | `suggestions.${string}`
  | `labels.${string}`
  | `images.${string}`
  | `journal.${string}`
  | 'classes.create'
  | 'features.embed'
>

describe('suggestions, over the real trainer', () => {
  let bench: TestCore
  let projectId: string
  let ids: number[]
  const classIds: number[] = []

  const ask = <Name extends ProjectRequest>(
    name: Name,
    input: Omit<RequestInput<Name>, 'projectId'>,
  ): Promise<RequestOutput<Name>> => bench.core.request(name, { ...input, projectId } as RequestInput<Name>)
  /** Stripes and spots by turns, in the order of `ids`. */
  const truth = (imageId: number) => classIds[ids.indexOf(imageId) % 2]!
  const label = async (...places: number[]) => {
    for (const place of places) {
      await ask('labels.set', { imageIds: [ids[place]!], classId: truth(ids[place]!) })
    }
  }
  const classOf = async (imageId: number) => (await ask('images.get', { ids: [imageId] })).images[0]?.classId

  beforeAll(async () => {
    bench = createTestCore({ launchTrainer })
    const pictures = join(bench.folder, 'pictures')
    const { images } = await drawDataset(pictures, { train: 24, validation: 0, test: 0 })
    const path = join(bench.folder, 'p.thaw')
    projectId = (await bench.core.request('projects.create', { path })).id
    const { jobId } = await ask('images.import', { source: pictures })
    await ask('images.importReport', { jobId })
    const listed = await ask('images.ids', {})
    const rows = (await ask('images.get', { ids: listed.ids })).images
    ids = images.map(({ relativePath }) => rows.find((row) => row.relativePath === relativePath)!.id)
    for (const name of ['stripes', 'spots']) classIds.push((await ask('classes.create', { name })).id)
  }, 60_000)
  afterAll(() => bench.dispose())

  it('are the most different images where nothing is labelled, without a class', async () => {
    const { source, images } = await ask('suggestions.next', { count: 5, fresh: true })
    expect(source).toBe('none')
    expect(images).toHaveLength(5)
    expect(images.every(({ classId }) => classId === null)).toBe(true)
    // The second is as unlike the first as there is.
    expect(truth(images[0]!.id)).not.toBe(truth(images[1]!.id))
  })

  it('have the class of the nearest labelled images as soon as there are any', async () => {
    await label(0, 1)
    const { source, images } = await ask('suggestions.next', { count: 100, fresh: true })
    expect(source).toBe('neighbours')
    expect(images).toHaveLength(22)
    const right = images.filter(({ id, classId }) => classId === truth(id))
    expect(right.length).toBeGreaterThanOrEqual(20)
  })

  it('come from a head once labels are enough, and are in the order of the strategy', async () => {
    await label(2, 3, 4, 5, 6, 7, 8, 9)
    const { source, images } = await ask('suggestions.next', {
      count: 100,
      strategy: 'uncertainty',
      fresh: true,
    })
    expect(source).toBe('head')
    expect(images.every(({ id, classId }) => classId === truth(id))).toBe(true)
    const probabilities = images.map(({ probability }) => probability!)
    expect(probabilities).toEqual([...probabilities].sort((a, b) => a - b))
    const { head } = await ask('suggestions.status', {})
    expect(head).toMatchObject({ source: 'head', labelled: 10, images: 24, accuracy: expect.any(Number) })
  })

  it('may be asked of some images only', async () => {
    const { images } = await ask('suggestions.next', { count: 100, filter: { text: 'train-1' } })
    expect(images.map(({ id }) => id).sort()).toEqual(ids.slice(10, 20).sort())
  })

  it('are accepted by one command whatever their classes, which undo takes back whole', async () => {
    const [a = 0, b = 0] = ids.slice(20)
    const { suggestions } = await ask('suggestions.of', { imageIds: ids })
    // Those that have a label are proposed none.
    expect(suggestions.map(({ imageId }) => imageId).sort()).toEqual(ids.slice(10).sort())
    const groups = [
      { classId: truth(a), imageIds: [a] },
      { classId: truth(b), imageIds: [b, ids[0]!] },
    ]
    expect(await ask('suggestions.accept', { groups })).toEqual({ changed: 2 })
    expect(await Promise.all([a, b, ids[0]!].map(classOf))).toEqual([truth(a), truth(b), truth(ids[0]!)])
    const { entries } = await ask('journal.list', { limit: 1 })
    expect(entries[0]).toMatchObject({ kind: 'suggestions.accept', summary: { images: 2, classes: 2 } })
    await ask('journal.undo', {})
    expect(await Promise.all([a, b].map(classOf))).toEqual([null, null])
    await ask('journal.redo', {})
    expect(await Promise.all([a, b].map(classOf))).toEqual([truth(a), truth(b)])
    await ask('journal.undo', {})
  })

  it('find what looks like one of them and is proposed the same class', async () => {
    const { imageIds } = await ask('suggestions.alike', { imageId: ids[12]! })
    expect(imageIds[0]).toBe(ids[12])
    expect(imageIds.length).toBeGreaterThan(2)
    expect(imageIds.every((id) => truth(id) === truth(ids[12]!))).toBe(true)
    expect((await ask('suggestions.alike', { imageId: ids[0]! })).imageIds).toEqual([])
  })

  it('follow labels in the background where they are turned on, and not after they are turned off', async () => {
    expect(await ask('suggestions.setEnabled', { enabled: true })).toMatchObject({ enabled: true })
    await label(10, 11)
    const labelled = async () => (await ask('suggestions.status', {})).head?.labelled
    await vi.waitUntil(async () => (await labelled()) === 12, 30_000)
    const told = bench.events.filter(({ name }) => name === 'suggestions.changed')
    expect(told.map(({ payload }) => (payload as { status: { state: string } }).status.state)).toContain(
      'working',
    )
    expect(await ask('suggestions.setEnabled', { enabled: false })).toMatchObject({
      enabled: false,
      state: 'idle',
    })
    await label(12)
    await new Promise((resolve) => setTimeout(resolve, 2500))
    expect(await labelled()).toBe(12)
  }, 60_000)

  it('make way for what a person waits for, and go on after it', async () => {
    await ask('suggestions.setEnabled', { enabled: true })
    const working = async () => (await ask('suggestions.status', {})).state === 'working'
    await vi.waitUntil(working, { timeout: 20_000, interval: 5 })
    const outPath = join(bench.folder, 'features.npy')
    expect(
      await ask('features.embed', { backbone: 'efficientnet-lite0', outPath, engine: 'auto' }),
    ).toMatchObject({ images: 24 })
    const labelled = async () => (await ask('suggestions.status', {})).head?.labelled
    await vi.waitUntil(async () => (await labelled()) === 13, 30_000)
    await ask('suggestions.setEnabled', { enabled: false })
  }, 60_000)

  it('come from the model of a run that a person chose, and from their labels again', async () => {
    const plan = trainPlanSchema.parse({ epochs: 2 })
    const { run } = await bench.core.request('runs.start', { projectId, plan })
    await bench.core.request('runs.wait', { projectId, runId: run.id })
    await expect(ask('suggestions.setRun', { runId: 'r99' })).rejects.toMatchObject({ code: 'run-not-found' })
    expect(await ask('suggestions.setRun', { runId: run.id })).toMatchObject({ runId: run.id })

    const { source, images } = await ask('suggestions.next', { count: 100, fresh: true })
    expect(source).toBe('run')
    const [first] = images
    const [row] = (await ask('images.get', { ids: [first!.id] })).images
    const { predictions } = await bench.core.request('runs.predict', {
      projectId,
      runId: run.id,
      paths: [row!.path],
      top: 1,
    })
    const [top] = predictions[0]!.top
    expect(['stripes', 'spots'][classIds.indexOf(first!.classId!)]).toBe(top?.class)
    expect(first?.probability).toBeCloseTo(top!.probability, 5)
    expect(await ask('suggestions.status', {})).toMatchObject({
      head: { source: 'run', runId: run.id, accuracy: expect.any(Number) },
      expected: null,
    })

    // With every label, too.
    await label(14)
    expect((await ask('suggestions.next', { count: 1, fresh: true })).source).toBe('run')
    await ask('suggestions.setRun', { runId: null })
    expect((await ask('suggestions.next', { count: 1, fresh: true })).source).toBe('head')
    await ask('suggestions.setRun', { runId: run.id })
    await bench.core.request('runs.delete', { projectId, runId: run.id })
    expect((await ask('suggestions.status', {})).runId).toBeNull()
  }, 120_000)

  it('stay what they were when the project is opened again', async () => {
    const before = await ask('suggestions.next', { count: 5 })
    const { path } = (await bench.core.request('projects.opened', {})).projects[0]!
    await bench.core.request('projects.close', { projectId })
    await bench.core.request('projects.open', { path })
    expect(await ask('suggestions.next', { count: 5 })).toEqual(before)
  })
})
