import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Image, ImportReport } from '../../../src/contract/entities.ts'
import type { RequestInput } from '../../../src/contract/requests/index.ts'
import {
  cifar10Files,
  cifarPixels,
  cifarRecord,
  writeArchive,
  writeFiles,
  type CifarFixture,
} from '../../fixtures/cifar.ts'
import { createTestCore, type TestCore } from '../../fixtures/test-core.ts'

let test: TestCore
let project: string
let projectId: string

beforeEach(async () => {
  test = createTestCore()
  project = join(test.folder, 'a.thaw')
  projectId = (await test.core.request('projects.create', { path: project })).id
})
afterEach(() => test.dispose())

type Options = Partial<RequestInput<'images.import'>>

async function importAll(source: string, options: Options = {}): Promise<ImportReport> {
  const { jobId } = await test.core.request('images.import', { projectId, source, ...options })
  const report = await test.core.request('images.importReport', { projectId, jobId })
  expect(report.found).toBe(report.imported + report.duplicates + report.skipped.length)
  return report
}

const preview = (source: string, options: Partial<RequestInput<'images.previewImport'>> = {}) =>
  test.core.request('images.previewImport', { source, ...options })

async function images(): Promise<Image[]> {
  const { ids } = await test.core.request('images.ids', { projectId })
  return (await test.core.request('images.get', { projectId, ids })).images
}

const folderOf = (files: CifarFixture, name = 'cifar-10-batches-bin') =>
  writeFiles(join(test.folder, name), files)

describe('CIFAR-10', () => {
  it('becomes pictures in the project, with its classes, and its test batch as the test split', async () => {
    const source = folderOf(cifar10Files())
    expect(await preview(source)).toMatchObject({
      format: 'cifar10',
      files: 30,
      unpacks: true,
      hasCoarse: false,
      splits: [
        { split: 'test', count: 10 },
        { split: 'train', count: 20 },
      ],
    })
    expect(existsSync(join(project, 'pictures'))).toBe(false)

    const report = await importAll(source)
    expect(report).toMatchObject({ found: 30, imported: 30, duplicates: 0, skipped: [], conflicts: [] })
    expect(report.classes).toContainEqual({ name: 'airplane', count: 3 })
    const rows = await images()
    expect(rows.every(({ path }) => path.startsWith(join(project, 'pictures')))).toBe(true)
    const second = rows.find(({ relativePath }) => relativePath === 'data_batch_1/automobile/00001.png')
    expect(second).toMatchObject({ split: 'train', width: 32, height: 32, format: 'png' })
    const { data } = await sharp(second?.path).raw().toBuffer({ resolveWithObject: true })
    const planes = cifarPixels(1)
    const pixel = 5 * 32 + 7
    expect([...data.subarray(pixel * 3, pixel * 3 + 3)]).toEqual(
      [0, 1, 2].map((channel) => planes[channel * 1024 + pixel]),
    )
  })

  it('is known as an archive, as the folder around its folder, and as one batch, and comes in once', async () => {
    const files = cifar10Files()
    const archive = writeArchive(join(test.folder, 'cifar-10-binary.tar.gz'), 'cifar-10-batches-bin', files)
    expect(await preview(archive)).toMatchObject({ format: 'cifar10', files: 30 })
    expect(await importAll(archive)).toMatchObject({ imported: 30, duplicates: 0 })
    const before = await images()
    expect(await importAll(archive)).toMatchObject({ imported: 0, duplicates: 30 })
    folderOf(files)
    expect(await importAll(test.folder)).toMatchObject({ imported: 0, duplicates: 30 })
    const batch = join(test.folder, 'cifar-10-batches-bin', 'data_batch_2.bin')
    expect(await importAll(batch)).toMatchObject({ found: 10, imported: 0, duplicates: 10 })
    expect(await images()).toEqual(before)
  })

  it('takes its own names where the file of names is not there, and other names where it says so', async () => {
    const { 'data_batch_1.bin': batch = Buffer.alloc(0) } = cifar10Files()
    const plain = writeFiles(join(test.folder, 'plain'), { 'data_batch_1.bin': batch })
    expect((await preview(plain)).classes.map(({ name }) => name)).toContain('truck')
    writeFileSync(join(plain, 'batches.meta.txt'), 'A\r\nB\r\nC\r\nD\r\nE\r\nF\r\nG\r\nH\r\nI\r\n../J\r\n')
    expect((await preview(plain)).classes.map(({ name }) => name)).toEqual([
      ...'../J'.split(' '),
      ...'ABCDEFGHI',
    ])
    expect(await importAll(plain)).toMatchObject({ imported: 10 })
    expect((await images()).every(({ path }) => path.startsWith(join(project, 'pictures')))).toBe(true)
  })

  it('refuses what is cut off, what has other labels, and the Python version, with what to do', async () => {
    const files = cifar10Files()
    const whole = files['test_batch.bin'] as Buffer
    const source = folderOf({ ...files, 'test_batch.bin': whole.subarray(0, -1) })
    await expect(importAll(source)).rejects.toMatchObject({
      code: 'import-invalid',
      message: expect.stringMatching(/test_batch\.bin has 30729 bytes; a multiple of 3073/) as string,
    })
    await expect(preview(source)).rejects.toMatchObject({ code: 'import-invalid' })
    const wrong = Buffer.from(whole)
    wrong[3 * 3073] = 77
    folderOf({ 'test_batch.bin': wrong })
    await expect(importAll(source)).rejects.toMatchObject({
      message: expect.stringMatching(/label 77 in record 4; 0 to 9/) as string,
    })
    const python = writeFiles(join(test.folder, 'cifar-10-batches-py'), {
      'batches.meta': Buffer.from('pickle'),
      data_batch_1: Buffer.from('pickle'),
    })
    await expect(importAll(python)).rejects.toMatchObject({
      code: 'import-format-unknown',
      message: expect.stringMatching(/Python version.*cifar-10-binary\.tar\.gz/) as string,
    })
    const archive = join(test.folder, 'cut.tar.gz')
    writeArchive(archive, 'cifar-10-batches-bin', cifar10Files())
    writeFileSync(archive, readFileSync(archive).subarray(0, -5000))
    await expect(importAll(archive)).rejects.toMatchObject({ code: 'import-invalid' })
    expect(await images()).toEqual([])
  })

  it('tells its progress, stops when cancelled, and goes on from there', async () => {
    const source = folderOf(cifar10Files(1200))
    const { jobId } = await test.core.request('images.import', { projectId, source })
    expect((await test.core.request('jobs.list', { projectId })).jobs).toMatchObject([
      { id: jobId, kind: 'import', phase: 'unpacking', state: 'running' },
    ])
    await test.core.request('jobs.cancel', { projectId, jobId })
    await expect(test.core.request('images.importReport', { projectId, jobId })).rejects.toMatchObject({
      code: 'cancelled',
    })
    expect(await images()).toEqual([])
    expect((await test.core.request('journal.list', { projectId })).entries).toEqual([])
    expect(await importAll(source)).toMatchObject({ found: 3600, imported: 3600, duplicates: 0 })
    expect(
      test.events.some(({ name, payload }) => {
        const { job } = payload as { job?: { phase: string; total: number } }
        return name === 'jobs.progress' && job?.phase === 'unpacking' && job.total === 3600
      }),
    ).toBe(true)
  })

  it('pauses while it unpacks, also over the end of the program', async () => {
    const source = folderOf(cifar10Files(1200))
    const { jobId } = await test.core.request('images.import', { projectId, source })
    await test.core.request('jobs.pause', { projectId, jobId })
    const jobs = async () => (await test.core.request('jobs.list', { projectId })).jobs
    expect(await jobs()).toMatchObject([{ phase: 'unpacking', state: 'paused' }])
    await test.core.request('projects.close', { projectId })
    projectId = (await test.core.request('projects.open', { path: project })).id
    const [job] = await jobs()
    expect(job).toMatchObject({ phase: 'unpacking', state: 'running' })
    await test.core.request('jobs.cancel', { projectId, jobId: job?.id ?? '' })
    await expect(
      test.core.request('images.importReport', { projectId, jobId: job?.id ?? '' }),
    ).rejects.toMatchObject({ code: 'cancelled' })
  })

  it('goes on when the project is opened again', async () => {
    const source = folderOf(cifar10Files(600))
    await test.core.request('images.import', { projectId, source })
    await test.core.request('projects.close', { projectId })
    projectId = (await test.core.request('projects.open', { path: project })).id
    const [job] = (await test.core.request('jobs.list', { projectId })).jobs
    const report = await test.core.request('images.importReport', { projectId, jobId: job?.id ?? '' })
    expect(report).toMatchObject({ found: 1800, imported: 1800 })
  })

  it('moves with its project', async () => {
    await importAll(folderOf(cifar10Files()))
    const before = await images()
    await test.core.request('projects.close', { projectId })
    const moved = join(test.folder, 'elsewhere', 'b.thaw')
    mkdirSync(join(test.folder, 'elsewhere'))
    renameSync(project, moved)
    rmSync(join(test.folder, 'cifar-10-batches-bin'), { recursive: true })
    projectId = (await test.core.request('projects.open', { path: moved })).id
    const after = await images()
    expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id))
    expect(after.every(({ path }) => path.startsWith(moved) && existsSync(path))).toBe(true)
    expect(await test.core.request('projects.check', { projectId })).toMatchObject({ ok: true })
  })
})

describe('CIFAR-100', () => {
  const record = (coarse: number, fine: number, seed: number) =>
    cifarRecord([coarse, fine], cifarPixels(seed))
  const files = (): CifarFixture => ({
    'train.bin': Buffer.concat([record(4, 0, 1), record(1, 1, 2), record(4, 51, 3)]),
    'test.bin': Buffer.concat([record(4, 0, 4)]),
  })

  it('has fine classes, or coarse ones where asked', async () => {
    const source = folderOf(files(), 'cifar-100-binary')
    expect(await preview(source)).toMatchObject({
      format: 'cifar100',
      files: 4,
      hasCoarse: true,
      classes: [
        { name: 'apple', count: 2 },
        { name: 'aquarium_fish', count: 1 },
        { name: 'mushroom', count: 1 },
      ],
    })
    expect((await preview(source, { coarse: true })).classes).toEqual([
      { name: 'fish', count: 1 },
      { name: 'fruit_and_vegetables', count: 3 },
    ])
    expect(await importAll(source, { coarse: true })).toMatchObject({ imported: 4 })
    expect((await images()).filter(({ split }) => split === 'test')).toHaveLength(1)
  })

  it('is not what else is called train.bin', async () => {
    const folder = writeFiles(join(test.folder, 'other'), { 'train.bin': Buffer.alloc(1000, 1) })
    await expect(preview(join(folder, 'train.bin'))).rejects.toMatchObject({ code: 'import-format-unknown' })
    expect(await preview(folder)).toMatchObject({ format: 'folder', files: 0 })
    await expect(preview(folder, { format: 'cifar100' })).rejects.toMatchObject({ code: 'import-invalid' })
  })
})
