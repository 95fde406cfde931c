import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Image, ImportReport } from '../../../src/contract/entities.ts'
import type { RequestInput } from '../../../src/contract/requests/index.ts'
import { bmp, bombPng, jpeg, picture } from '../../fixtures/bad-files.ts'
import { createTestCore, type TestCore } from '../../fixtures/test-core.ts'

const shared = new URL('../../../../shared/data/', import.meta.url).pathname

let test: TestCore
let source: string
let projectId: string

beforeEach(async () => {
  test = createTestCore()
  source = join(test.folder, 'pictures')
  projectId = (await test.core.request('projects.create', { path: join(test.folder, 'a.thaw') })).id
})
afterEach(() => test.dispose())

function put(relativePath: string, content: Buffer | string): string {
  const path = join(source, relativePath)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
  return path
}

function start(options: Partial<RequestInput<'images.import'>> = {}) {
  return test.core.request('images.import', { projectId, source, ...options })
}

async function importAll(options: Partial<RequestInput<'images.import'>> = {}): Promise<ImportReport> {
  const { jobId } = await start(options)
  const report = await test.core.request('images.importReport', { projectId, jobId })
  expect(report.found).toBe(report.imported + report.duplicates + report.skipped.length)
  return report
}

async function images(): Promise<Image[]> {
  const { ids } = await test.core.request('images.ids', { projectId })
  return (await test.core.request('images.get', { projectId, ids })).images
}

async function className(image: Image | undefined): Promise<string | null> {
  const { classes } = await test.core.request('classes.list', { projectId })
  return classes.find((one) => one.id === image?.classId)?.name ?? null
}

describe('images.import', () => {
  it('shows images at once and reads them behind', async () => {
    for (let index = 0; index < 30; index += 1)
      put(`${index % 2 ? 'ants' : 'bees'}/${index}.jpg`, await jpeg(index))
    const { registered, jobId } = await start()
    expect(registered).toBe(30)
    const before = await images()
    expect(before).toHaveLength(30)
    expect(
      before.every((image) => image.status === 'pending' && image.sha256 === null && image.classId !== null),
    ).toBe(true)
    const { jobs } = await test.core.request('jobs.list', { projectId })
    expect(jobs).toMatchObject([{ id: jobId, kind: 'import', state: 'running', total: 30 }])

    const report = await test.core.request('images.importReport', { projectId, jobId })
    expect(report).toMatchObject({
      found: 30,
      imported: 30,
      duplicates: 0,
      skipped: [],
      conflicts: [],
      classes: [
        { name: 'ants', count: 15 },
        { name: 'bees', count: 15 },
      ],
    })
    const after = await images()
    expect(after.map((image) => image.id)).toEqual(before.map((image) => image.id))
    expect(
      after.every((image) => image.status === 'ready' && image.width === 48 && image.height === 32),
    ).toBe(true)
    const media = await test.core.media.thumbnail(projectId, after[0]?.sha256 ?? '')
    expect(existsSync(media.path)).toBe(true)
    expect(test.events.map(({ name }) => name)).toContain('images.importFinished')
    const changed = test.events.filter(({ name }) => name === 'images.changed').length
    expect(changed).toBeGreaterThan(0)
    expect(changed).toBeLessThan(10)
  })

  it('names every bad file, and keeps none of them', async () => {
    const whole = await jpeg(1, 300, 200)
    const bad: [string, Buffer | string, string][] = [
      ['a/zero.jpg', Buffer.alloc(0), 'empty'],
      ['a/half.jpg', whole.subarray(0, whole.length / 2), 'truncated'],
      ['a/text.jpg', 'no picture', 'not-an-image'],
      ['a/bomb.png', bombPng(50_000), 'too-large'],
      ['a/photo.bmp', bmp(), 'unsupported-format'],
      ['a/drawing.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'not-an-image'],
      ['notes.txt', 'text', 'not-an-image'],
    ]
    for (const [path, content] of bad) put(path, content)
    put('a/good.jpg', whole)
    put('a/png-named.jpg', await picture(2).png().toBuffer())
    const report = await importAll()
    expect(report).toMatchObject({ found: 9, imported: 2, duplicates: 0, classes: [{ name: 'a', count: 2 }] })
    const reasons = Object.fromEntries(
      report.skipped.map(({ path, reason }) => [path.slice(source.length + 1), reason]),
    )
    expect(reasons).toEqual(Object.fromEntries(bad.map(([path, , reason]) => [path, reason])))
    expect((await images()).map((image) => image.relativePath)).toEqual(['a/good.jpg', 'a/png-named.jpg'])
    expect((await images())[1]).toMatchObject({ format: 'png' })

    // A bad file that was mended is read the next time.
    put('a/half.jpg', await jpeg(77))
    const again = await importAll()
    expect(again).toMatchObject({ imported: 1, duplicates: 2 })
  })

  it('makes one image of equal files, whatever is read first, and reports classes that disagree', async () => {
    const same = await jpeg(5)
    const paths = ['b/2.jpg', 'a/1.jpg', 'a/copy.jpg', 'c/3.jpg']
    for (const path of paths) put(path, same)
    put('c/other.jpg', await jpeg(6))
    const report = await importAll()
    expect(report).toMatchObject({ found: 5, imported: 2, duplicates: 3 })
    expect(report.conflicts).toEqual([
      { path: join(source, 'b/2.jpg'), other: join(source, 'a/1.jpg'), given: 'b', kept: 'a' },
      { path: join(source, 'c/3.jpg'), other: join(source, 'a/1.jpg'), given: 'c', kept: 'a' },
    ])
    const rows = await images()
    expect(rows.map((image) => image.relativePath)).toEqual(['a/1.jpg', 'c/other.jpg'])
    expect(await className(rows[0])).toBe('a')
  })

  it('gives an unlabelled image the label of its duplicate', async () => {
    const same = await jpeg(5)
    put('0-loose.jpg', same)
    put('b/2.jpg', same)
    await importAll()
    const rows = await images()
    expect(rows.map((image) => image.relativePath)).toEqual(['0-loose.jpg'])
    expect(await className(rows[0])).toBe('b')
  })

  it('keeps the label that a person gave a duplicate before it was read', async () => {
    const same = await jpeg(5)
    put('a/1.jpg', same)
    put('b/2.jpg', same)
    const { jobId } = await start()
    const [, second] = await images()
    const chosen = await test.core.request('classes.create', { projectId, name: 'chosen' })
    await test.core.request('labels.set', { projectId, imageIds: [second?.id ?? 0], classId: chosen.id })
    await test.core.request('images.importReport', { projectId, jobId })
    const rows = await images()
    expect(rows).toHaveLength(1)
    expect(await className(rows[0])).toBe('chosen')
  })

  it('adds nothing when it is repeated, and only what is new later', async () => {
    for (let index = 0; index < 6; index += 1) put(`a/${index}.jpg`, await jpeg(index))
    put('readme.txt', 'text')
    await importAll()
    const first = await images()
    expect(await importAll()).toMatchObject({
      found: 7,
      imported: 0,
      duplicates: 6,
      classes: [{ name: 'a', count: 6 }],
    })
    expect(await images()).toEqual(first)
    put('a/6.jpg', await jpeg(6))
    expect(await importAll()).toMatchObject({ found: 8, imported: 1, duplicates: 6 })
    // The same bytes from elsewhere are the same images.
    renameSync(source, `${source}-moved`)
    source = `${source}-moved`
    expect(await importAll()).toMatchObject({ found: 8, imported: 0, duplicates: 7 })
    expect(await images()).toHaveLength(7)
  })

  it('makes no class when it is repeated, so that a class that was renamed since can have its name back', async () => {
    put('a/0.jpg', await jpeg(0))
    await importAll()
    const list = async () => (await test.core.request('classes.list', { projectId })).classes
    const [{ id = 0 } = {}] = await list()
    await test.core.request('classes.update', { projectId, classId: id, name: 'owl' })
    await importAll()
    expect((await list()).map(({ name }) => name)).toEqual(['owl'])
    await test.core.request('journal.undo', { projectId })
    expect((await list()).map(({ name }) => name)).toEqual(['a'])
  })

  it('reads a file again that was changed', async () => {
    const path = put('a/1.jpg', await jpeg(1))
    await importAll()
    const [before] = await images()
    writeFileSync(path, await jpeg(2, 64, 64))
    expect(await importAll()).toMatchObject({ imported: 1, duplicates: 0 })
    const rows = await images()
    expect(rows.map((image) => [image.status, image.width]).sort()).toEqual([
      ['missing', 48],
      ['ready', 64],
    ])
    // Touched, not changed: the same image.
    writeFileSync(path, await jpeg(1))
    utimesSync(path, 1, 1)
    await importAll()
    const back = (await images()).find((image) => image.sha256 === before?.sha256)
    expect(back).toMatchObject({ id: before?.id, status: 'ready', path })
  })

  it('is one command: undo hides it, redo shows it, and a new import brings it back', async () => {
    for (let index = 0; index < 4; index += 1) put(`${index % 2}/${index}.jpg`, await jpeg(index))
    await importAll()
    const before = await images()
    expect((await test.core.request('journal.undo', { projectId })).kind).toBe('images.import')
    expect(await images()).toEqual([])
    expect((await test.core.request('classes.list', { projectId })).classes).toEqual([])
    await test.core.request('journal.redo', { projectId })
    expect(await images()).toEqual(before)
    await test.core.request('journal.undo', { projectId })
    expect(await importAll()).toMatchObject({ found: 4, imported: 4 })
    expect((await images()).map((image) => image.id)).toEqual(before.map((image) => image.id))
    expect((await images()).every((image) => image.classId !== null && image.status === 'ready')).toBe(true)
  })

  it('brings back an image that was removed when its bytes come again', async () => {
    put('a/1.jpg', await jpeg(1))
    await importAll()
    const [removed] = await images()
    await test.core.request('images.remove', { projectId, imageIds: [removed?.id ?? 0] })
    mkdirSync(join(source, 'b'))
    renameSync(join(source, 'a/1.jpg'), join(source, 'b/1.jpg'))
    expect(await importAll()).toMatchObject({ found: 1, imported: 1, duplicates: 0 })
    expect(await images()).toMatchObject([
      { id: removed?.id, path: join(source, 'b/1.jpg'), status: 'ready' },
    ])
  })

  it('shows a TIFF whole as a JPEG, which browsers know, made once', async () => {
    const path = put(
      'scan.tif',
      await sharp(await jpeg(1))
        .ensureAlpha(0.5)
        .tiff()
        .toBuffer(),
    )
    await importAll()
    const [image] = await images()
    const shown = await test.core.media.original(projectId, image?.sha256 ?? '')
    expect(shown.contentType).toBe('image/jpeg')
    expect(await sharp(shown.path).metadata()).toMatchObject({
      format: 'jpeg',
      width: image?.width,
      height: image?.height,
    })
    expect(existsSync(path)).toBe(true)
    const { mtimeMs } = statSync(shown.path)
    expect((await test.core.media.original(projectId, image?.sha256 ?? '')).path).toBe(shown.path)
    expect(statSync(shown.path).mtimeMs).toBe(mtimeMs)
  })

  it('keeps copies where asked, which outlive their originals', async () => {
    put('a/1.jpg', await jpeg(1))
    await importAll({ storage: 'copy' })
    const [image] = await images()
    rmSync(source, { recursive: true })
    const original = await test.core.media.original(projectId, image?.sha256 ?? '')
    expect(original.contentType).toBe('image/jpeg')
    expect(readFileSync(original.path)).toEqual(await jpeg(1))
  })

  it('says what is wrong with the source, and stores nothing', async () => {
    await expect(start()).rejects.toMatchObject({ code: 'source-not-found' })
    mkdirSync(source)
    await expect(start()).rejects.toMatchObject({ code: 'no-images' })
    await expect(start({ source: put('one.txt', 'text') })).rejects.toMatchObject({
      code: 'import-format-unknown',
    })
    expect(await images()).toEqual([])
    expect((await test.core.request('journal.list', { projectId })).entries).toEqual([])
  })

  it('stops when cancelled; undo brings back what was not read', async () => {
    for (let index = 0; index < 200; index += 1) put(`a/${index}.jpg`, await jpeg(index, 200, 150))
    const { jobId } = await start()
    await test.core.request('jobs.cancel', { projectId, jobId })
    await expect(test.core.request('images.importReport', { projectId, jobId })).rejects.toMatchObject({
      code: 'cancelled',
    })
    const rows = await images()
    expect(rows.length).toBeLessThan(200)
    expect(rows.every((image) => image.status === 'ready')).toBe(true)
    expect((await test.core.request('jobs.list', { projectId })).jobs).toMatchObject([{ state: 'cancelled' }])
    expect(await importAll()).toMatchObject({ found: 200 })
    expect(await images()).toHaveLength(200)
  })

  it('pauses, tells so, and goes on', async () => {
    // More than all imaging processes hold at once.
    const count = 600
    for (let index = 0; index < count; index += 1) put(`a/${index}.jpg`, await jpeg(index))
    const { jobId } = await start()
    const job = async () => (await test.core.request('jobs.list', { projectId })).jobs[0]
    await test.core.request('jobs.pause', { projectId, jobId })
    expect(await job()).toMatchObject({ state: 'paused', secondsLeft: null })
    // What was in work when it was paused is still read; then nothing moves.
    const moved = async () => {
      const before = (await job())?.done ?? 0
      await new Promise((resolve) => setTimeout(resolve, 500))
      return ((await job())?.done ?? 0) - before
    }
    await expect.poll(moved, { timeout: 20_000 }).toBe(0)
    expect((await job())?.done).toBeLessThan(count)
    await test.core.request('jobs.resume', { projectId, jobId })
    const report = await test.core.request('images.importReport', { projectId, jobId })
    expect(report).toMatchObject({ imported: count })
  })

  it('goes on when the project is opened again', async () => {
    for (let index = 0; index < 300; index += 1) put(`a/${index}.jpg`, await jpeg(index, 200, 150))
    await start()
    const path = join(test.folder, 'a.thaw')
    await test.core.request('projects.close', { projectId })
    projectId = (await test.core.request('projects.open', { path })).id
    const [job] = (await test.core.request('jobs.list', { projectId })).jobs
    expect(job?.total).toBeLessThanOrEqual(300)
    expect(job?.total).toBeGreaterThan(0)
    const report = await test.core.request('images.importReport', { projectId, jobId: job?.id ?? '' })
    expect(report).toMatchObject({ found: 300, imported: 300 })
    expect((await images()).every((image) => image.status === 'ready')).toBe(true)
  })

  it('previews without changing anything', async () => {
    put('train/ants/1.jpg', await jpeg(1))
    put('val/ants/2.jpg', await jpeg(2))
    put('val/bees/2.jpg', await jpeg(3))
    expect(await test.core.request('images.previewImport', { source })).toEqual({
      files: 3,
      classes: [
        { name: 'ants', count: 2 },
        { name: 'bees', count: 1 },
      ],
      splitFolders: true,
      splits: [
        { name: 'train', split: 'train', count: 1 },
        { name: 'val', split: 'validation', count: 2 },
      ],
      format: 'folder',
      unpacks: false,
      boxes: null,
      hasCoarse: false,
      inside: null,
      skipped: [],
      skippedFiles: 0,
    })
    expect(await images()).toEqual([])
  })

  it.skipIf(!existsSync(shared))('imports hymenoptera with its splits', async () => {
    source = join(shared, 'hymenoptera')
    const report = await importAll({ splitFrom: 'folder' })
    const files = readdirSync(source, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    )
    expect(report).toMatchObject({ found: files.length, imported: files.length - 1, duplicates: 0 })
    expect(report.skipped).toMatchObject([{ reason: 'not-an-image' }])
    const stats = await test.core.request('projects.stats', { projectId })
    expect(stats).toMatchObject({
      images: 397,
      labelled: 397,
      splits: { train: 244, validation: 153, test: 0, none: 0 },
      pending: 0,
    })
    expect(stats.classes.map(({ name }) => name)).toEqual(['ants', 'bees'])
  })
})

describe('media', () => {
  it('reads what somebody looks at before anything else', async () => {
    for (let index = 0; index < 120; index += 1) put(`a/${index}.jpg`, await jpeg(index, 400, 300))
    const { jobId } = await start()
    const rows = await images()
    const last = rows.at(-1)
    const thumbnail = await test.core.media.pendingThumbnail(projectId, last?.id ?? 0)
    expect(existsSync(thumbnail.path)).toBe(true)
    const [job] = (await test.core.request('jobs.list', { projectId })).jobs
    expect(job?.done).toBeLessThan(120)
    expect(await test.core.request('images.importReport', { projectId, jobId })).toMatchObject({
      imported: 120,
    })
  })

  it('makes thumbnails again where the cache was emptied', async () => {
    put('a/1.jpg', await jpeg(1))
    await importAll()
    const [image] = await images()
    const { path } = await test.core.media.thumbnail(projectId, image?.sha256 ?? '')
    rmSync(join(test.folder, 'a.thaw/cache'), { recursive: true })
    expect(existsSync(path)).toBe(false)
    expect((await test.core.media.thumbnail(projectId, image?.sha256 ?? '')).path).toBe(path)
    expect(existsSync(path)).toBe(true)
  })

  it('makes anew what a power cut left without bytes', async () => {
    put(
      'a/1.tif',
      await sharp(await jpeg(1))
        .tiff()
        .toBuffer(),
    )
    await importAll()
    const [image] = await images()
    const { media } = test.core
    for (const show of [media.thumbnail, media.original]) {
      const { path } = await show(projectId, image?.sha256 ?? '')
      truncateSync(path)
      expect((await show(projectId, image?.sha256 ?? '')).path).toBe(path)
      expect((await sharp(path).metadata()).format).toBe('jpeg')
    }
  })

  it('says that a linked file is gone, and counts it', async () => {
    const path = put('a/1.jpg', await jpeg(1))
    put('a/2.jpg', await jpeg(2))
    await importAll()
    const [image] = await images()
    const elsewhere = join(test.folder, 'elsewhere.jpg')
    copyFileSync(path, elsewhere)
    rmSync(path)
    await expect(test.core.media.original(projectId, image?.sha256 ?? '')).rejects.toMatchObject({
      code: 'image-missing',
    })
    expect(await test.core.request('projects.stats', { projectId })).toMatchObject({ images: 2, missing: 1 })
    await expect(test.core.media.original(projectId, 'f'.repeat(64))).rejects.toMatchObject({
      code: 'image-not-found',
    })
    // Found missing, and back, by a look at every file when the project is opened.
    await test.core.request('projects.close', { projectId })
    copyFileSync(elsewhere, path)
    rmSync(join(source, 'a/2.jpg'))
    projectId = (await test.core.request('projects.open', { path: join(test.folder, 'a.thaw') })).id
    expect(await test.core.request('projects.stats', { projectId })).toMatchObject({ images: 2, missing: 1 })
    expect((await images()).map((one) => one.status)).toEqual(['ready', 'missing'])
    expect((await test.core.media.original(projectId, image?.sha256 ?? '')).path).toBe(path)
  })
})

describe('image queries', () => {
  it('filters, sorts and counts', async () => {
    for (let index = 0; index < 6; index += 1)
      put(`${index < 2 ? 'train/x' : index < 4 ? 'train/y' : 'test/y'}/${index}.jpg`, await jpeg(index))
    put('test/50%_off.jpg', await jpeg(9, 100, 100))
    await importAll()
    const { classes } = await test.core.request('classes.list', { projectId })
    const [x, y] = classes
    const names = async (
      filter: RequestInput<'images.ids'>['filter'],
      sort?: RequestInput<'images.ids'>['sort'],
    ) => {
      const { ids } = await test.core.request('images.ids', { projectId, filter, sort })
      const rows = (await test.core.request('images.get', { projectId, ids })).images
      return rows.map((image) => image.relativePath)
    }
    expect(await names({ classIds: [x?.id ?? 0] })).toEqual(['train/x/0.jpg', 'train/x/1.jpg'])
    expect(await names({ classIds: [null] })).toEqual(['test/50%_off.jpg'])
    expect(await names({ classIds: [null, x?.id ?? 0], splits: ['test'] })).toEqual(['test/50%_off.jpg'])
    expect(await names({ classIds: [] })).toEqual([])
    expect(await names({ text: '50%_O' })).toEqual(['test/50%_off.jpg'])
    expect(await names({ text: '%' })).toEqual(['test/50%_off.jpg'])
    expect(await names({ splits: [null] })).toEqual([])
    expect(await names({ statuses: ['ready'] })).toHaveLength(7)
    expect((await names({}, { by: 'pixels', descending: true }))[0]).toBe('test/50%_off.jpg')
    expect((await names({}, { by: 'class' })).at(-1)).toBe('test/50%_off.jpg')
    expect((await names({}, { by: 'split' }))[0]).toBe('train/x/0.jpg')
    expect(await test.core.request('images.counts', { projectId })).toEqual({
      total: 7,
      byClass: expect.arrayContaining([
        { classId: x?.id, count: 2 },
        { classId: y?.id, count: 4 },
        { classId: null, count: 1 },
      ]) as unknown,
      bySplit: expect.arrayContaining([
        { split: 'train', count: 4 },
        { split: 'test', count: 3 },
      ]) as unknown,
      byStatus: [{ status: 'ready', count: 7 }],
    })
  })
})
