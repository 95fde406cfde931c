import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hygieneKinds, type AdjustableKind, type HygieneKind } from '../../../src/contract/hygiene.ts'
import { drawnPicture } from '../../fixtures/drawn-picture.ts'
import { createTestCore, type TestCore } from '../../fixtures/test-core.ts'

const side = 200
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

async function put(relativePath: string, image: Sharp): Promise<string> {
  const path = join(source, relativePath)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, await image.jpeg({ quality: 90 }).toBuffer())
  return path
}

/** Enough ordinary pictures that the others are the odd ones. */
async function putOrdinary(): Promise<void> {
  for (let index = 0; index < 8; index += 1)
    await put(`${index % 2 ? 'ant' : 'bee'}/${index}.jpg`, drawn(index))
}

async function importAll(): Promise<void> {
  const { jobId } = await test.core.request('images.import', { projectId, source })
  await test.core.request('images.importReport', { projectId, jobId })
}

const scan = () => test.core.request('hygiene.scan', { projectId })
const summary = () => test.core.request('hygiene.summary', { projectId })
const findings = async (kind: HygieneKind) =>
  (await test.core.request('hygiene.images', { projectId, kind })).findings
const counts = async () =>
  Object.fromEntries((await summary()).kinds.map(({ kind, findings: count }) => [kind, count]))
const none = Object.fromEntries(hygieneKinds.map((kind) => [kind, 0]))

/** Names of the files of findings. */
async function names(kind: HygieneKind): Promise<string[][]> {
  const found = await findings(kind)
  const ids = found.flatMap(({ imageIds }) => imageIds)
  const { images } = await test.core.request('images.get', { projectId, ids })
  const byId = new Map(images.map((image) => [image.id, image.relativePath]))
  return found.map(({ imageIds }) => imageIds.map((id) => byId.get(id) ?? ''))
}

describe('hygiene of images', () => {
  it('names images that are blurry, dark, bright, grey, tiny or odd in their aspect', async () => {
    await putOrdinary()
    await put('bee/blurry.jpg', drawn(0).blur(6))
    await put('bee/dark.jpg', drawn(2).linear(0.15))
    await put('bee/bright.jpg', drawn(4).linear(0.25, 222))
    await put('bee/grey.jpg', drawn(6).greyscale())
    await put('bee/tiny.jpg', drawn(8).resize(24, 24))
    await put('bee/long.jpg', drawn(1).resize(200, 40, { fit: 'fill' }))
    await importAll()
    expect(await counts()).toMatchObject({ dark: 1, bright: 1, grey: 1, tiny: 1, 'odd-aspect': 1 })
    expect(await names('dark')).toEqual([['bee/dark.jpg']])
    expect(await names('bright')).toEqual([['bee/bright.jpg']])
    expect(await names('grey')).toEqual([['bee/grey.jpg']])
    expect(await names('tiny')).toEqual([['bee/tiny.jpg']])
    expect(await names('odd-aspect')).toEqual([['bee/long.jpg']])
    expect((await names('blurry')).flat()).toContain('bee/blurry.jpg')
    expect((await findings('tiny'))[0]).toMatchObject({ value: 24, isConflict: false })
  })

  it('is silent about what most images are like', async () => {
    for (let index = 0; index < 6; index += 1) await put(`${index}.jpg`, drawn(index).greyscale())
    await importAll()
    expect(await counts()).toMatchObject({ grey: 0 })
  })

  it('finds near duplicates when it is asked to scan, the best of each group first, and conflicts of classes', async () => {
    await putOrdinary()
    await put('bee/small.jpg', drawn(0).resize(120))
    await put('bee/coded.jpg', sharp(await drawn(0).jpeg({ quality: 40 }).toBuffer()))
    await put('ant/again.jpg', drawn(2).linear(1.1, 5))
    await importAll()
    expect((await summary()).toScan).toBe(11)
    expect(await counts()).toEqual(none)

    expect(await scan()).toMatchObject({ images: 11 })
    expect(await summary()).toMatchObject({ toScan: 0, images: 11 })
    const found = await names('near-duplicates')
    expect(found.map((group) => [...group].sort())).toEqual([
      ['ant/again.jpg', 'bee/2.jpg'],
      ['bee/0.jpg', 'bee/coded.jpg', 'bee/small.jpg'],
    ])
    expect(found[1]?.[2]).toBe('bee/small.jpg')
    const [conflict, group] = await findings('near-duplicates')
    expect(conflict?.isConflict).toBe(true)
    expect(group?.isConflict).toBe(false)
    expect(group?.value).toBeGreaterThan(0.92)

    // Nothing is left to do.
    expect(await scan()).toEqual({ images: 0, pairs: 0 })
    await put('bee/later.jpg', drawn(5).resize(150))
    await importAll()
    expect((await summary()).toScan).toBe(1)
    expect(await scan()).toEqual({ images: 1, pairs: 1 })
    expect((await names('near-duplicates')).flat()).toContain('bee/later.jpg')
  })

  it('tells that a scan goes on, and stops it on request', async () => {
    await putOrdinary()
    await importAll()
    const scanning = scan()
    const { jobs } = await test.core.request('jobs.list', { projectId })
    const job = jobs.find(({ kind }) => kind === 'scan')
    expect(job).toMatchObject({ state: 'running' })
    await test.core.request('jobs.cancel', { projectId, jobId: job?.id ?? '' })
    await expect(scanning).rejects.toMatchObject({ code: 'cancelled' })
    expect((await summary()).toScan).toBe(8)
    expect(await scan()).toMatchObject({ images: 8 })
  })

  it('names the files of exact duplicates, and those that give them different classes', async () => {
    await putOrdinary()
    copyFileSync(join(source, 'bee/0.jpg'), join(source, 'bee/copy.jpg'))
    copyFileSync(join(source, 'ant/1.jpg'), join(source, 'bee/copy of 1.jpg'))
    await importAll()
    const found = await findings('exact-duplicates')
    expect(found.map(({ paths, isConflict }) => ({ paths, isConflict }))).toEqual([
      { paths: [join(source, 'ant/1.jpg'), join(source, 'bee/copy of 1.jpg')], isConflict: true },
      { paths: [join(source, 'bee/0.jpg'), join(source, 'bee/copy.jpg')], isConflict: false },
    ])
    expect(readFileSync(found[0]?.paths[1] ?? '').length).toBeGreaterThan(0)
  })

  it('forgets what a person says is none, until that is undone', async () => {
    await putOrdinary()
    await put('bee/dark.jpg', drawn(2).linear(0.15))
    await put('bee/small.jpg', drawn(0).resize(120))
    await importAll()
    await scan()
    const before = await counts()
    expect(before).toMatchObject({ dark: 1, 'near-duplicates': 1 })
    for (const kind of ['dark', 'near-duplicates'] as const) {
      const groups = (await findings(kind)).map(({ imageIds }) => imageIds)
      expect(await test.core.request('hygiene.dismiss', { projectId, kind, findings: groups })).toEqual({
        changed: 1,
      })
      expect(await findings(kind)).toEqual([])
    }
    await test.core.request('journal.undo', { projectId })
    await test.core.request('journal.undo', { projectId })
    expect(await counts()).toEqual(before)
    await test.core.request('journal.redo', { projectId })
    expect(await counts()).toMatchObject({ dark: 0, 'near-duplicates': 1 })
  })

  it('keeps the best of a group, which takes over the class of the others, and undoes that', async () => {
    await putOrdinary()
    await put('small.jpg', drawn(0).resize(120))
    await put('big.jpg', drawn(0).resize(400))
    await importAll()
    await scan()
    const [group] = await findings('near-duplicates')
    const imageIds = group?.imageIds ?? []
    const [keepId] = imageIds as [number]
    const classOf = async (id: number) =>
      (await test.core.request('images.get', { projectId, ids: [id] })).images[0]?.classId
    expect(await names('near-duplicates')).toEqual([['big.jpg', 'bee/0.jpg', 'small.jpg']])
    expect(await classOf(keepId)).toBeNull()
    const bee = await classOf(imageIds[1] ?? 0)

    const answer = await test.core.request('hygiene.keep', { projectId, groups: [{ keepId, imageIds }] })
    expect(answer).toEqual({ removed: 2 })
    expect(await classOf(keepId)).toBe(bee)
    expect(await findings('near-duplicates')).toEqual([])
    expect((await test.core.request('images.ids', { projectId })).ids).toHaveLength(8)

    await test.core.request('journal.undo', { projectId })
    expect(await classOf(keepId)).toBeNull()
    expect(await findings('near-duplicates')).toHaveLength(1)
  })

  it('begins where a person says, and as usual again', async () => {
    await putOrdinary()
    await put('bee/dim.jpg', drawn(2).linear(0.35))
    await put('bee/small.jpg', drawn(0).resize(120))
    await importAll()
    await scan()
    const limitOf = async (kind: HygieneKind) => {
      const { limit, usualLimit } = (await summary()).kinds.find((one) => one.kind === kind)!
      return { limit, usualLimit }
    }
    const setLimit = (kind: AdjustableKind, limit: number | null) =>
      test.core.request('hygiene.setLimit', { projectId, kind, limit })
    const count = (kind: AdjustableKind, limit: number) =>
      test.core.request('hygiene.count', { projectId, kind, limit })

    expect(await counts()).toMatchObject({ dark: 0, 'near-duplicates': 1 })
    expect(await count('dark', 0.22)).toEqual({ findings: 1, isUsual: false })
    expect(await limitOf('dark')).toEqual({ limit: 0.12, usualLimit: 0.12 })
    await setLimit('dark', 0.22)
    expect(await names('dark')).toEqual([['bee/dim.jpg']])
    expect(await limitOf('dark')).toEqual({ limit: 0.22, usualLimit: 0.12 })
    expect(test.events.at(-1)).toEqual({ name: 'hygiene.limitsChanged', payload: { projectId } })
    // What most images are like is how the data set is.
    expect(await count('tiny', 512)).toEqual({ findings: 0, isUsual: true })

    const [pair] = await findings('near-duplicates')
    expect(pair?.value).toBeGreaterThan(0.92)
    if (pair!.value < 0.99) expect(await count('near-duplicates', 0.99)).toMatchObject({ findings: 0 })
    await expect(setLimit('near-duplicates', 0.5)).rejects.toMatchObject({ code: 'invalid-input' })

    await setLimit('dark', null)
    expect(await counts()).toMatchObject({ dark: 0 })
  })
})
