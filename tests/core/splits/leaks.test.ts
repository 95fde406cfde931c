import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { drawnPicture } from '../../fixtures/drawn-picture.ts'
import { createTestCore, type TestCore } from '../../fixtures/test-core.ts'

const side = 140
let test: TestCore
let source: string
let projectId: string

beforeEach(async () => {
  test = createTestCore()
  source = join(test.folder, 'pictures')
  projectId = (await test.core.request('projects.create', { path: join(test.folder, 'a.thaw') })).id
})
afterEach(() => test.dispose())

const drawn = (index: number): Sharp => drawnPicture(index, side, 4)

async function put(relativePath: string, image: Sharp, takenAt?: string): Promise<void> {
  const path = join(source, relativePath)
  mkdirSync(dirname(path), { recursive: true })
  const file = takenAt === undefined ? image : image.withExif({ IFD2: { DateTimeOriginal: takenAt } })
  writeFileSync(path, await file.jpeg({ quality: 90 }).toBuffer())
}

async function importAll(): Promise<Map<string, number>> {
  const { jobId } = await test.core.request('images.import', { projectId, source })
  await test.core.request('images.importReport', { projectId, jobId })
  const { ids } = await test.core.request('images.ids', { projectId })
  const { images } = await test.core.request('images.get', { projectId, ids })
  return new Map(images.map((image) => [image.relativePath, image.id]))
}

const splitOf = async (id: number | undefined) =>
  (await test.core.request('images.get', { projectId, ids: [id ?? 0] })).images[0]?.split
const check = (scan = true) => test.core.request('splits.check', { projectId, scan })

describe('splits and images that show the same', () => {
  it('keep near duplicates on one side, and name those that a person put on two', async () => {
    for (let index = 0; index < 12; index += 1) {
      await put(`a/${index}.jpg`, drawn(index))
      await put(`a/${index} small.jpg`, drawn(index).resize(90))
    }
    const ids = await importAll()
    const made = await test.core.request('splits.make', { projectId, validation: 0.25, test: 0.25 })
    expect(made).toMatchObject({ train: 12, validation: 6, test: 6, groups: 12 })
    for (let index = 0; index < 12; index += 1) {
      expect(await splitOf(ids.get(`a/${index}.jpg`))).toBe(await splitOf(ids.get(`a/${index} small.jpg`)))
    }
    expect(await check()).toEqual({ leaks: [], toScan: 0 })

    const moved = ids.get('a/3 small.jpg') ?? 0
    const from = await splitOf(moved)
    const to = from === 'test' ? 'train' : 'test'
    await test.core.request('splits.set', { projectId, imageIds: [moved], split: to })
    const { leaks } = await check()
    expect(leaks).toEqual([
      {
        kind: 'near-duplicates',
        imageIds: [ids.get('a/3.jpg'), moved].sort((a, b) => Number(a) - Number(b)),
        splits: ['train', 'validation', 'test'].filter((split) => split === from || split === to),
      },
    ])
  })

  it('says how many images were not compared, where no scan is wanted', async () => {
    await put('a/0.jpg', drawn(0))
    await importAll()
    expect(await check(false)).toEqual({ leaks: [], toScan: 1 })
    expect(await check()).toEqual({ leaks: [], toScan: 0 })
  })

  it('keep what a camera took within two seconds and what looks alike on one side, as data grow too', async () => {
    const clock = (seconds: number) => `2024:05:06 10:00:${String(seconds).padStart(2, '0')}`
    const scene = sharp(await drawn(0).resize(200).png().toBuffer())
    // Moved by a tenth of a side: no near duplicates, but the same scene.
    const moved = (left: number) => scene.clone().extract({ left, top: 20, width: 140, height: 140 })
    await put('a/burst 1.jpg', moved(0), clock(0))
    await put('a/burst 2.jpg', moved(14), clock(1))
    await put('a/burst 3.jpg', moved(28), clock(3))
    // Within two seconds too, but of something else, or elsewhere.
    await put('a/other.jpg', drawn(1), clock(6))
    await put('b/elsewhere.jpg', drawn(3), clock(1))
    for (let index = 0; index < 12; index += 1) await put(`c/${index}.jpg`, drawn(5 + index))
    const before = await importAll()
    const { groups } = await test.core.request('splits.make', { projectId, validation: 0.2, test: 0.2 })
    expect(groups).toBe(15)
    const sidesOf = (ids: ReadonlyMap<string, number>, names: string[]) =>
      Promise.all(names.map((name) => splitOf(ids.get(name))))
    const burst = [1, 2, 3].map((index) => `a/burst ${index}.jpg`)
    const [side, ...sides] = await sidesOf(before, burst)
    expect(sides).toEqual([side, side])
    expect((await check()).leaks).toEqual([])

    const names = [...before.keys()]
    const placed = await sidesOf(before, names)
    await put('a/burst 0.jpg', moved(42), clock(5))
    for (let index = 0; index < 6; index += 1) await put(`d/${index}.jpg`, drawn(20 + index))
    const after = await importAll()
    await test.core.request('splits.make', { projectId, validation: 0.2, test: 0.2, keep: true })
    expect(await splitOf(after.get('a/burst 0.jpg'))).toBe(side)
    expect(await sidesOf(after, names)).toEqual(placed)

    const elsewhere = side === 'test' ? 'train' : 'test'
    await test.core.request('splits.set', {
      projectId,
      imageIds: [after.get('a/burst 2.jpg') ?? 0],
      split: elsewhere,
    })
    const { leaks } = await check()
    expect(leaks).toHaveLength(1)
    expect(leaks[0]).toMatchObject({ kind: 'burst' })
    expect(leaks[0]?.imageIds).toHaveLength(4)
  })
})
