import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestCore, launchTrainer, type TestCore } from '../../fixtures/test-core.ts'
import { drawDataset } from '../../trainer/drawn-dataset.ts'

describe('images among another class, over the real trainer', () => {
  let bench: TestCore
  let projectId: string
  /** Stripes and spots by turns. */
  let ids: number[]
  let stripes: number
  let spots: number

  const label = (imageIds: number[], classId: number | null) =>
    bench.core.request('labels.set', { projectId, imageIds, classId })
  const odd = async () =>
    (await bench.core.request('hygiene.images', { projectId, kind: 'odd-neighbour' })).findings
  const summary = () => bench.core.request('hygiene.summary', { projectId })
  const find = () => bench.core.request('hygiene.findNeighbours', { projectId })
  const classOf = async (id: number) =>
    (await bench.core.request('images.get', { projectId, ids: [id] })).images[0]?.classId

  beforeAll(async () => {
    bench = createTestCore({ launchTrainer })
    const pictures = join(bench.folder, 'pictures')
    const { images } = await drawDataset(pictures, { train: 30, validation: 0, test: 0 })
    projectId = (await bench.core.request('projects.create', { path: join(bench.folder, 'p.thaw') })).id
    const { jobId } = await bench.core.request('images.import', { projectId, source: pictures })
    await bench.core.request('images.importReport', { projectId, jobId })
    const listed = await bench.core.request('images.ids', { projectId })
    const rows = (await bench.core.request('images.get', { projectId, ids: listed.ids })).images
    ids = images.map(({ relativePath }) => rows.find((row) => row.relativePath === relativePath)!.id)
    stripes = (await bench.core.request('classes.create', { projectId, name: 'stripes' })).id
    spots = (await bench.core.request('classes.create', { projectId, name: 'spots' })).id
  }, 60_000)
  afterAll(() => bench.dispose())

  it('need two classes, and to be looked for', async () => {
    await label(
      ids.filter((_, index) => index % 2 === 0),
      stripes,
    )
    expect((await summary()).toPlace).toBe(0)
    expect(await find()).toEqual({ images: 0 })
    await label(
      ids.filter((_, index) => index % 2 === 1),
      spots,
    )
    await label([ids[4]!], spots)
    expect((await summary()).toPlace).toBe(30)
    expect(await odd()).toEqual([])
  })

  it('are found with the neighbours that disagree, as a job that is seen', async () => {
    expect(await find()).toEqual({ images: 30 })
    const [found, ...others] = await odd()
    expect(others).toEqual([])
    expect(found).toMatchObject({ imageIds: [ids[4]], neighbourClassId: stripes })
    expect(found?.value).toBeGreaterThanOrEqual(0.5)
    const classes = await Promise.all(found!.neighbourIds.slice(0, 8).map(classOf))
    expect(classes.filter((classId) => classId === stripes).length).toBeGreaterThanOrEqual(7)
    const phases = bench.events.flatMap(({ name, payload }) =>
      name === 'jobs.progress' && 'job' in payload ? [(payload.job as { phase: string }).phase] : [],
    )
    expect(phases).toContain('neighbours')
    expect(await summary()).toMatchObject({ toPlace: 0 })
    expect(await find()).toEqual({ images: 0 })
  }, 60_000)

  it('are fewer with a larger margin', async () => {
    const kind = 'odd-neighbour'
    const [found] = await odd()
    const count = (limit: number) => bench.core.request('hygiene.count', { projectId, kind, limit })
    expect((await count(0.1)).findings).toBeGreaterThanOrEqual(1)
    expect((await count(Math.min(1, found!.value + 0.05))).findings).toBe(found!.value < 1 ? 0 : 1)
  })

  it('are right in their class when a person says so, but not in another', async () => {
    const kind = 'odd-neighbour'
    const keep = () => bench.core.request('hygiene.dismiss', { projectId, kind, findings: [[ids[4]!]] })
    expect(await keep()).toEqual({ changed: 1 })
    expect(await odd()).toEqual([])
    await bench.core.request('journal.undo', { projectId })
    expect(await odd()).toHaveLength(1)
    await keep()
    const other = (await bench.core.request('classes.create', { projectId, name: 'dots' })).id
    await label([ids[1]!, ids[3]!, ids[4]!], other)
    expect((await odd()).map(({ imageIds }) => imageIds[0])).toContain(ids[4])
    await bench.core.request('journal.undo', { projectId })
    expect(await odd()).toEqual([])
    await bench.core.request('journal.undo', { projectId })
    await bench.core.request('journal.undo', { projectId })
    expect(await odd()).toHaveLength(1)
  })

  it('take the class of their neighbours, which is undone', async () => {
    const take = (imageIds: number[]) =>
      bench.core.request('hygiene.takeNeighboursClass', { projectId, imageIds })
    // What is not among another class stays.
    expect(await take([ids[0]!])).toEqual({ changed: 0 })
    expect(await take([ids[0]!, ids[4]!])).toEqual({ changed: 1 })
    expect(await classOf(ids[4]!)).toBe(stripes)
    expect(await odd()).toEqual([])
    await bench.core.request('journal.undo', { projectId })
    expect(await classOf(ids[4]!)).toBe(spots)
    expect(await odd()).toHaveLength(1)
  })

  it('are to be looked for again where labels were added', async () => {
    await label([ids[7]!], null)
    expect((await summary()).toPlace).toBe(0)
    await label([ids[7]!], spots)
    // Its neighbours are known from before.
    expect((await summary()).toPlace).toBe(0)
  })
})
