import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Suspect } from '../../../src/contract/label-errors.ts'
import type { RequestInput, RequestOutput } from '../../../src/contract/requests/index.ts'
import type { Core } from '../../../src/core/create-core.ts'
import { createTestCore, launchTrainer, type TestCore } from '../../fixtures/test-core.ts'
import { drawDataset } from '../../trainer/drawn-dataset.ts'

type ProjectRequest = Extract<
  Parameters<Core['request']>[0],
  | `labelErrors.${string}`
  | `labels.${string}`
  | `images.${string}`
  | `journal.${string}`
  | `runs.${string}`
  | 'marks.set'
  | 'jobs.cancel'
  | 'splits.make'
>

describe('label errors, over the real trainer', () => {
  let bench: TestCore
  let projectId: string
  let ids: number[]
  const classIds: number[] = []
  /** Labels of these images are of the other class. */
  const wrong = [3, 8, 21]

  const ask = <Name extends ProjectRequest>(
    name: Name,
    input: Omit<RequestInput<Name>, 'projectId'>,
  ): Promise<RequestOutput<Name>> => bench.core.request(name, { ...input, projectId } as RequestInput<Name>)
  /** Stripes and spots by turns, in the order of `ids`. */
  const truth = (imageId: number) => classIds[ids.indexOf(imageId) % 2]!
  const other = (imageId: number) => classIds[1 - (ids.indexOf(imageId) % 2)]!
  const list = async () => (await ask('labelErrors.list', {})).suspects
  const stateOf = async (imageId: number) =>
    (await list()).find((suspect) => suspect.imageId === imageId)?.state

  beforeAll(async () => {
    bench = createTestCore({ launchTrainer })
    const pictures = join(bench.folder, 'pictures')
    const { images } = await drawDataset(pictures, { train: 32, validation: 0, test: 0 })
    const path = join(bench.folder, 'p.thaw')
    projectId = (await bench.core.request('projects.create', { path })).id
    const { jobId } = await ask('images.import', { source: pictures })
    await ask('images.importReport', { jobId })
    const listed = await ask('images.ids', {})
    const rows = (await ask('images.get', { ids: listed.ids })).images
    ids = images.map(({ relativePath }) => rows.find((row) => row.relativePath === relativePath)!.id)
    for (const name of ['stripes', 'spots']) {
      classIds.push((await bench.core.request('classes.create', { projectId, name })).id)
    }
    for (const [place, imageId] of ids.entries()) {
      const classId = wrong.includes(place) ? other(imageId) : truth(imageId)
      await ask('labels.set', { imageIds: [imageId], classId })
    }
  }, 60_000)
  afterAll(() => bench.dispose())

  it('are unknown at first, and what a search would take can be asked', async () => {
    expect(await ask('labelErrors.list', {})).toEqual({ check: null, suspects: [] })
    const { seconds, ...estimate } = await ask('labelErrors.estimate', {})
    expect(estimate).toEqual({ images: 32, classes: 2, toCompute: 32 })
    expect(seconds).toBeGreaterThan(1)
    await expect(ask('labelErrors.estimate', { backbone: 'nonesuch' })).rejects.toMatchObject({
      code: 'backbone-not-found',
    })
  })

  it('are found, the worst first, with the class to give instead', async () => {
    const { check, suspects: count } = await ask('labelErrors.find', {})
    expect(check).toMatchObject({ backbone: 'efficientnet-lite0', images: 32, folds: 5, changed: 0 })
    const suspects = await list()
    expect(suspects).toHaveLength(count)
    const first: Suspect[] = suspects.slice(0, wrong.length)
    expect(first.map(({ imageId }) => imageId).sort()).toEqual(wrong.map((place) => ids[place]!).sort())
    for (const suspect of first) {
      const { imageId, givenProbability, suggestedProbability, score } = suspect
      expect(suspect).toMatchObject({
        givenClassId: other(imageId),
        suggestedClassId: truth(imageId),
        classId: other(imageId),
        isLikely: true,
        state: 'open',
      })
      expect(givenProbability + suggestedProbability).toBeCloseTo(1, 4)
      expect(score).toBeCloseTo(1 - givenProbability, 6)
    }
    expect(suspects.map(({ score }) => score)).toEqual(
      suspects.map(({ score }) => score).sort((a, b) => b - a),
    )
    expect((await ask('labelErrors.estimate', {})).toCompute).toBe(0)
    expect(bench.events.map(({ name }) => name)).toContain('labelErrors.changed')
  }, 60_000)

  it('have evidence: all probabilities, and the images most like it of both classes as they are labelled now', async () => {
    const imageId = ids[3]!
    const { probabilities, neighbours } = await ask('labelErrors.evidence', { imageId, count: 3 })
    expect(probabilities.map(({ classId }) => classId)).toEqual([truth(imageId), other(imageId)])
    expect(neighbours.map(({ classId }) => classId)).toEqual([other(imageId), truth(imageId)])
    const [given, suggested] = neighbours
    expect(suggested!.images).toHaveLength(3)
    expect(suggested!.images.every((image) => truth(image.imageId) === truth(imageId))).toBe(true)
    expect(suggested!.images[0]!.similarity).toBeGreaterThan(given!.images.at(-1)!.similarity)
    expect(neighbours.flatMap(({ images }) => images.map((image) => image.imageId))).not.toContain(imageId)
    await expect(ask('labelErrors.evidence', { imageId: ids[0]! })).rejects.toMatchObject({
      code: 'image-not-found',
    })
  })

  it('are dealt with by ordinary commands: what became of each follows them and their undo', async () => {
    const [a = 0, b = 0, c = 0] = wrong.map((place) => ids[place]!)
    await ask('labels.set', { imageIds: [a], classId: truth(a) })
    expect(await stateOf(a)).toBe('relabelled')
    await ask('marks.set', { imageIds: [b], unsure: true })
    expect(await stateOf(b)).toBe('unsure')
    await ask('images.remove', { imageIds: [c] })
    expect(await stateOf(c)).toBe('dropped')
    expect((await ask('labelErrors.list', {})).check).toMatchObject({ changed: 2 })
    for (const id of [c, b, a]) {
      await ask('journal.undo', {})
      expect(await stateOf(id)).toBe('open')
    }
    expect((await ask('labelErrors.list', {})).check).toMatchObject({ changed: 0 })
  })

  it('are kept where a person says that the label is right, which is remembered', async () => {
    const [a = 0, b = 0] = wrong.map((place) => ids[place]!)
    expect(await ask('labelErrors.keep', { imageIds: [a, b] })).toEqual({ changed: 2 })
    expect(await ask('labelErrors.keep', { imageIds: [a] })).toEqual({ changed: 0 })
    expect(await stateOf(a)).toBe('kept')
    await ask('journal.undo', {})
    expect(await stateOf(a)).toBe('open')
    await ask('journal.redo', {})
    await ask('labelErrors.find', { seed: 1 })
    expect(await stateOf(a)).toBeUndefined()
    // Under another label it is another question.
    await ask('journal.undo', {})
    await ask('labelErrors.find', {})
    expect(await stateOf(a)).toBe('open')
  }, 60_000)

  it('are not looked for among images of several classes', async () => {
    const imageId = ids[8]!
    await ask('labels.set', { imageIds: [imageId], classId: truth(imageId), mode: 'add' })
    await ask('labelErrors.find', {})
    expect(await stateOf(imageId)).toBeUndefined()
    await ask('journal.undo', {})
  }, 60_000)

  it('stay as they were where another search is cancelled, or where the cache was emptied', async () => {
    await ask('labelErrors.find', {})
    const before = await ask('labelErrors.list', {})
    const search = ask('labelErrors.find', { seed: 5 })
    await expect(ask('labelErrors.find', {})).rejects.toMatchObject({ code: 'invalid-input' })
    const job = await vi.waitUntil(async () =>
      (await bench.core.request('jobs.list', { projectId })).jobs.find(({ kind }) => kind === 'label-errors'),
    )
    await bench.core.request('jobs.cancel', { projectId, jobId: job!.id })
    await expect(search).rejects.toMatchObject({ code: 'cancelled' })
    expect(await ask('labelErrors.list', {})).toEqual(before)
    // As a person may do at any time; core keeps what it read until another search.
    rmSync(join(bench.folder, 'p.thaw', 'cache', 'label-errors'), { recursive: true })
    await bench.core.request('projects.close', { projectId })
    projectId = (await bench.core.request('projects.open', { path: join(bench.folder, 'p.thaw') })).id
    const after = await ask('labelErrors.list', {})
    expect(after.check).toEqual({ ...before.check, changed: null })
    const { probabilities } = await ask('labelErrors.evidence', { imageId: after.suspects[0]!.imageId })
    expect(probabilities).toEqual([])
  }, 60_000)

  it('repaired, a head is trained like another run, and what it does otherwise is told', async () => {
    await ask('splits.make', { validation: 0.25, test: 0 })
    const { run: first } = await ask('runs.start', { plan: { epochs: 1, mode: 'full', inputSize: 32 } })
    expect(await ask('runs.wait', { runId: first.id })).toMatchObject({ status: 'completed' })
    await ask('labels.set', { imageIds: [ids[3]!], classId: truth(ids[3]!) })
    const { run } = await ask('labelErrors.retrain', { runId: first.id })
    expect(run).toMatchObject({
      name: `${first.name}, retrained head`,
      plan: { mode: 'feature-extraction', epochs: 1 },
    })
    expect(await ask('runs.wait', { runId: run.id })).toMatchObject({ status: 'completed' })
    const { effect } = await ask('labelErrors.effect', { before: first.id, after: run.id })
    expect(effect).toMatchObject({ split: 'validation' })
    expect(effect!.repaired + effect!.relabelled).toBe(1)
    const { comparison, images, before, after } = effect!
    expect(after - before).toBeCloseTo((comparison.c - comparison.b) / images, 9)
    await expect(ask('labelErrors.retrain', { runId: 'r99' })).rejects.toMatchObject({
      code: 'run-not-found',
    })
  }, 120_000)
})

it('label errors need ten labelled images of two classes', async () => {
  const bench = createTestCore({ launchTrainer })
  try {
    const pictures = join(bench.folder, 'pictures')
    await drawDataset(pictures, { train: 10, validation: 0, test: 0 })
    const { id: projectId } = await bench.core.request('projects.create', {
      path: join(bench.folder, 'p.thaw'),
    })
    const { jobId } = await bench.core.request('images.import', { projectId, source: pictures })
    await bench.core.request('images.importReport', { projectId, jobId })
    const { ids } = await bench.core.request('images.ids', { projectId })
    const { id: classId } = await bench.core.request('classes.create', { projectId, name: 'owl' })
    await bench.core.request('labels.set', { projectId, imageIds: ids.slice(1), classId })
    const find = () => bench.core.request('labelErrors.find', { projectId })
    await expect(find()).rejects.toMatchObject({ code: 'too-few-images', details: { images: 9, needed: 10 } })
    await bench.core.request('labels.set', { projectId, imageIds: ids, classId })
    await expect(find()).rejects.toMatchObject({ code: 'too-few-classes', details: { classes: 1 } })
  } finally {
    await bench.dispose()
  }
}, 60_000)
