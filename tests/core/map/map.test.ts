import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { MapColoring } from '../../../src/contract/map.ts'
import { createTestCore, launchTrainer, type TestCore } from '../../fixtures/test-core.ts'
import { drawDataset } from '../../trainer/drawn-dataset.ts'

describe('the map, over the real trainer and a process of its own', () => {
  let bench: TestCore
  let projectId: string
  let ids: readonly number[]
  const map = async () => (await bench.core.request('map.get', { projectId })).map

  beforeAll(async () => {
    bench = createTestCore({ launchTrainer })
    const pictures = join(bench.folder, 'pictures')
    await drawDataset(pictures, { train: 20, validation: 0, test: 0 })
    const path = join(bench.folder, 'p.thaw')
    projectId = (await bench.core.request('projects.create', { path })).id
    const { jobId } = await bench.core.request('images.import', { projectId, source: pictures })
    await bench.core.request('images.importReport', { projectId, jobId })
    ;({ ids } = await bench.core.request('images.ids', { projectId }))
  }, 60_000)
  afterAll(() => bench.dispose())

  it('is not there until it is asked for, and can be stopped', async () => {
    expect(await map()).toBeNull()
    const computing = bench.core.request('map.compute', { projectId })
    const stopped = expect(computing).rejects.toMatchObject({ code: 'cancelled' })
    await vi.waitFor(() => bench.core.request('map.cancel', { projectId }))
    await stopped
    expect(await map()).toBeNull()
  }, 60_000)

  it('has a place for each image, and the class it has now', async () => {
    expect(await bench.core.request('map.compute', { projectId })).toEqual({ images: 20 })
    const [first = 0, second = 0] = ids
    const rose = await bench.core.request('classes.create', { projectId, name: 'rose' })
    await bench.core.request('labels.set', { projectId, imageIds: [first], classId: rose.id })
    const computed = (await map())!
    expect([...computed.imageIds].sort()).toEqual([...ids].sort())
    expect([...computed.x, ...computed.y].every((value) => value >= 0 && value <= 1)).toBe(true)
    expect(computed.missing).toBe(0)
    const classOf = (id: number) => computed.classIds[computed.imageIds.indexOf(id)]
    expect([classOf(first), classOf(second)]).toEqual([rose.id, null])
    const told = bench.events.filter(({ name }) => name === 'map.progress')
    expect(told.at(-1)?.payload).toEqual({ projectId, progress: null })
  }, 60_000)

  it('is coloured by splits, issues, and the confidence of suggestions; by a run where there is one', async () => {
    const [first = 0, second = 0] = ids
    const colors = async (by: Exclude<MapColoring, 'class'>, runId: string | null = null) => {
      const { categories } = await bench.core.request('map.colors', { projectId, by, runId })
      return new Map(categories.map(({ category, imageIds }) => [category as string, imageIds]))
    }
    await bench.core.request('splits.set', { projectId, imageIds: [first], split: 'train' })
    await bench.core.request('splits.set', { projectId, imageIds: [second], split: 'test' })
    expect([...(await colors('split'))]).toEqual([
      ['train', [first]],
      ['validation', []],
      ['test', [second]],
    ])
    // Drawn in greys, as all of them are: no issue.
    expect([...(await colors('issue')).values()].flat()).toEqual([])
    expect([...(await colors('result')).values()].flat()).toEqual([])
    await expect(colors('result', 'r9')).rejects.toMatchObject({ code: 'run-not-found' })

    const spots = await bench.core.request('classes.create', { projectId, name: 'spots' })
    await bench.core.request('labels.set', { projectId, imageIds: ids.slice(0, 10), classId: spots.id })
    const stripes = await bench.core.request('classes.create', { projectId, name: 'stripes' })
    await bench.core.request('labels.set', { projectId, imageIds: ids.slice(10, 18), classId: stripes.id })
    await bench.core.request('suggestions.next', { projectId, count: 1, fresh: true })
    const steps = await colors('confidence')
    expect([...steps.keys()]).toEqual(['0', '1', '2', '3', '4'])
    expect([...steps.values()].flat().sort((a, b) => a - b)).toEqual([...ids].sort((a, b) => a - b))
    const { suggestions } = await bench.core.request('suggestions.of', { projectId, imageIds: [...ids] })
    for (const { imageId, probability } of suggestions) {
      const step = [0.5, 0.7, 0.85, 0.95].filter((from) => probability >= from).length
      expect(steps.get(String(step))).toContain(imageId)
    }
  }, 60_000)

  it('leaves out what was removed, and says what is missing', async () => {
    await bench.core.request('images.remove', { projectId, imageIds: [ids[0]!] })
    expect((await map())?.imageIds).toHaveLength(19)
    await bench.core.request('journal.undo', { projectId })
    expect((await map())?.imageIds).toHaveLength(20)
    rmSync(join(bench.folder, 'p.thaw/cache/map.json'))
    expect(await map()).toBeNull()
  })
})
